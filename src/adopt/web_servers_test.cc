#include <gmock/gmock.h>

#include "adopt/fake_tree.h"
#include "adopt/nginx_syntax.h"
#include "adopt/scan.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(NginxSyntax, ReadsQuotesCommentsAndBlocks) {
  const auto list = parse_nginx("a 'x y' \"q\\\"z\" w\\;v; # no { end\nb { c ${d}e; }\n");
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_THAT(list[0].words, ElementsAre("a", "x y", "q\"z", "w;v"));
  EXPECT_EQ(list[1].line, 2);
  ASSERT_THAT(list[1].inside, SizeIs(1));
  EXPECT_THAT(list[1].inside[0].words, ElementsAre("c", "${d}e"));
}

TEST(NginxSyntax, PassesOverLuaAndWhatIsNeverClosed) {
  const auto list = parse_nginx("content_by_lua_block { local t = { 'a;b' } }\nx y;} } z { \"open");
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_THAT(list[0].words, ElementsAre("x", "y"));
  EXPECT_THAT(list[1].inside[0].words, ElementsAre("open"));
}

TEST(NginxSyntax, BearsAHundredThousandOpenBlocks) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "a{";
  EXPECT_THAT(parse_nginx(text), SizeIs(1));
}

TEST(Nginx, FindsBothKeyTypesOfAServerBehindIncludes) {
  FakeTree tree;
  tree.files["/etc/nginx/nginx.conf"] = "http {\n  include sites-enabled/*;\n}\n";
  tree.files["/etc/nginx/sites-enabled/shop"] =
      "server {\n listen 443 ssl;\n server_name shop.test .example.test _ ~^x$;\n"
      " ssl_certificate tls/rsa.pem;\n ssl_certificate_key \"/keys/rsa key.pem\";\n"
      " ssl_certificate tls/ec.pem;\n ssl_certificate_key tls/ec.key;\n ssl_password_file pw;\n}\n";
  const Findings found = scan_nginx(tree, {});
  ASSERT_THAT(found.found, SizeIs(2));
  const FoundCredential& rsa = found.found[0];
  EXPECT_EQ(rsa.name, "shop.test");
  EXPECT_THAT(rsa.hosts, ElementsAre("shop.test", "example.test", "*.example.test"));
  EXPECT_THAT(rsa.certificate_files, ElementsAre("/etc/nginx/tls/rsa.pem"));
  EXPECT_EQ(rsa.key_file, "/keys/rsa key.pem");
  EXPECT_EQ(rsa.password_file, "/etc/nginx/pw");
  EXPECT_EQ(rsa.place, "/etc/nginx/sites-enabled/shop:4");
  EXPECT_EQ(found.found[1].key_file, "/etc/nginx/tls/ec.key");
  EXPECT_THAT(found.skipped, IsEmpty());
}

TEST(Nginx, LetsServersInheritAlsoFromBehindThem) {
  FakeTree tree;
  tree.files["/etc/nginx/nginx.conf"] =
      "http { server { server_name a.test; } server { server_name b.test; ssl_certificate /b.pem; "
      "ssl_certificate_key /b.key; } ssl_certificate /all.pem; ssl_certificate_key /all.key; }\n"
      "mail { server { server_name mx.test; ssl_certificate /mx.pem; ssl_certificate_key /mx.key; } }\n"
      "stream { server { ssl_certificate /s.pem; ssl_certificate_key /s.key; } }";
  const Findings found = scan_nginx(tree, {});
  ASSERT_THAT(found.found, SizeIs(4));
  EXPECT_THAT(found.found[0].certificate_files, ElementsAre("/all.pem"));
  EXPECT_THAT(found.found[1].certificate_files, ElementsAre("/b.pem"));
  EXPECT_EQ(found.found[2].name, "mx.test");
  EXPECT_EQ(found.found[3].name, "server at /etc/nginx/nginx.conf:3");
}

TEST(Nginx, SaysWhyItLeavesVariablesMissingKeysAndLoopsOut) {
  FakeTree tree;
  tree.files["/etc/nginx/nginx.conf"] =
      "http { include nginx.conf; include /etc/nginx/gone.conf; include conf.d/*;\n"
      "server { ssl_certificate /certs/$ssl_server_name.pem; ssl_certificate_key /k; }\n"
      "server { ssl_certificate /only.pem; } }";
  tree.files["/etc/nginx/conf.d/secret"] = "";
  tree.unreadable.insert("/etc/nginx/conf.d");
  const Findings found = scan_nginx(tree, {});
  ASSERT_THAT(found.found, SizeIs(1));
  EXPECT_THAT(found.found[0].problem, HasSubstr("no ssl_certificate_key"));
  ASSERT_THAT(found.skipped, SizeIs(4));
  EXPECT_THAT(found.skipped[0].reason, HasSubstr("includes itself"));
  EXPECT_THAT(found.skipped[1].reason, HasSubstr("is not there"));
  EXPECT_THAT(found.skipped[2].reason, HasSubstr("Permission denied"));
  EXPECT_THAT(found.skipped[3].reason, HasSubstr("while nginx runs"));
}

TEST(Apache, ReadsVirtualHostsWithDefinesAndSections) {
  FakeTree tree;
  tree.files["/etc/apache2/envvars"] = "export TLS_DIR=/srv/tls\n";
  tree.files["/etc/apache2/apache2.conf"] =
      "ServerRoot \"/etc/apache2\"\nDefine SITE shop\nIncludeOptional sites-enabled/*.conf\nInclude "
      "none.conf\n";
  tree.files["/etc/apache2/sites-enabled/shop.conf"] =
      "<IfModule mod_ssl.c>\n<VirtualHost *:443>\n  ServerName https://Shop.Test:443\n"
      "  ServerAlias www.shop.test \\\n    *.shop.test\n"
      "  SSLCertificateFile ${TLS_DIR}/${SITE}.pem\n  SSLCertificateKeyFile tls/shop.key\n"
      "  SSLCertificateChainFile /srv/chain.pem\n</VirtualHost>\n</IfModule>\n"
      "<IfModule !mod_ssl.c>\nSSLCertificateFile /never.pem\n</IfModule>\n"
      "<IfDefine NOT_SET>\nSSLCertificateFile /never.pem\n</IfDefine>\n"
      "<VirtualHost *:443>\nSSLCertificateFile \"/all in one.pem\"\nSSLCertificateFile "
      "${WHAT}/x.pem\n</VirtualHost>\n";
  const Findings found = scan_apache(tree, {});
  ASSERT_THAT(found.found, SizeIs(2));
  const FoundCredential& shop = found.found[0];
  EXPECT_EQ(shop.name, "shop.test");
  EXPECT_THAT(shop.hosts, ElementsAre("shop.test", "www.shop.test", "*.shop.test"));
  EXPECT_THAT(shop.certificate_files, ElementsAre("/srv/tls/shop.pem"));
  EXPECT_EQ(shop.key_file, "/etc/apache2/tls/shop.key");
  EXPECT_EQ(shop.chain_file, "/srv/chain.pem");
  EXPECT_EQ(shop.place, "/etc/apache2/sites-enabled/shop.conf:6");
  EXPECT_THAT(found.found[1].certificate_files, ElementsAre("/all in one.pem"));
  EXPECT_EQ(found.found[1].key_file, "");
  ASSERT_THAT(found.skipped, SizeIs(2));
  EXPECT_THAT(found.skipped[0].reason, HasSubstr("none.conf"));
  EXPECT_THAT(found.skipped[1].reason, HasSubstr("variable that is not defined"));
}

TEST(Apache, SaysThatModMdKeepsItsOwn) {
  FakeTree tree;
  tree.files["/etc/apache2/apache2.conf"] = "MDomain a.test www.a.test\n";
  const Findings found = scan_apache(tree, {});
  ASSERT_THAT(found.skipped, SizeIs(1));
  EXPECT_THAT(found.skipped[0].reason, HasSubstr("mod_md keeps the certificate of a.test"));
}

TEST(Haproxy, ReadsFilesDirectoriesListsAndBundles) {
  FakeTree tree;
  tree.files["/etc/haproxy/haproxy.cfg"] =
      "global\n  crt-base /tls\nfrontend web\n  bind :443 ssl crt one.pem crt dir alpn h2\n"
      "  bind :444 ssl crt-list /etc/haproxy/list.txt # crt no.pem\n  bind :445 ssl crt both.pem crt "
      "\"$CERT\"\n"
      "backend b\n  server s 127.0.0.1:1 ssl crt client.pem\n";
  tree.files["/etc/haproxy/list.txt"] =
      "# c\nlisted.crt [alpn h2 ssl-min-ver TLSv1.2] \"\" a.test !b.test *.c.test\n\n";
  for (const char* file :
       {"one.pem", "dir/a.pem", "dir/a.pem.key", "dir/.hidden", "dir/a.pem.ocsp", "dir/b.pem", "listed.crt",
        "listed.key", "both.pem.rsa", "both.pem.ecdsa", "both.pem.rsa.key"})
    tree.files["/tls/" + std::string(file)] = "";
  const Findings found = scan_haproxy(tree, {});
  ASSERT_THAT(found.found, SizeIs(6));
  EXPECT_EQ(found.found[0].certificate_files.front(), "/tls/one.pem");
  EXPECT_EQ(found.found[0].name, "web");
  EXPECT_EQ(found.found[1].key_file, "/tls/dir/a.pem.key");
  EXPECT_EQ(found.found[2].certificate_files.front(), "/tls/dir/b.pem");
  EXPECT_EQ(found.found[3].key_file, "/tls/listed.key");
  EXPECT_THAT(found.found[3].hosts, ElementsAre("a.test", "*.c.test"));
  EXPECT_EQ(found.found[3].place, "/etc/haproxy/list.txt:2");
  EXPECT_EQ(found.found[4].key_file, "/tls/both.pem.rsa.key");
  EXPECT_EQ(found.found[5].certificate_files.front(), "/tls/both.pem.ecdsa");
  ASSERT_THAT(found.skipped, SizeIs(1));
  EXPECT_THAT(found.skipped[0].reason, HasSubstr("when HAProxy starts"));
}

}  // namespace
}  // namespace certstead
