// Configurations that their own programs accept: Debian's as they are shipped, with TLS put in.
#include <gmock/gmock.h>

#include "adopt/material.h"
#include "adopt/scan.h"
#include "base/file.h"
#include "base/temp_dir.h"
#include "crypto/issue.h"
#include "peers/process.h"
#include "support/command.h"

namespace certstead {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// A root with certificates in /tls: NAME.pem, NAME.key and both in NAME.all.
class Host {
 public:
  Host() : root(dir.path().string()) {}

  void make(const std::string& name, KeyType type) {
    const PrivateKey key = PrivateKey::generate(type).value();
    const Instant now = SystemClock().now();
    const CertificateTemplate content{.dns_names = {name},
                                      .public_key = key.public_key(),
                                      .not_before = now - std::chrono::hours(1),
                                      .not_after = now + std::chrono::days(90),
                                      .server_auth = true};
    const std::string pem = issue_certificate(content, key, {}).value().to_pem();
    const std::string key_pem = to_text(key.to_pkcs8_pem().reveal());
    put("/tls/" + name + ".pem", pem);
    put("/tls/" + name + ".key", key_pem);
    put("/tls/" + name + ".all", key_pem + pem);
  }
  void put(const std::string& path, const std::string& text) {
    EXPECT_TRUE(make_directories(fs::path(root + path).parent_path(), 0755));
    EXPECT_TRUE(write_file_atomic(root + path, view_bytes(text), 0644));
  }
  void append(const std::string& path, const std::string& text) {
    put(path, read_text_file(root + path).value_or("") + text);
  }
  // What Debian ships, links kept; what this user may not read stays behind.
  void copy_stock(const std::string& path) {
    std::error_code ignored;
    fs::create_directories(fs::path(root + path).parent_path(), ignored);
    fs::copy(path, root + path, fs::copy_options::recursive | fs::copy_options::copy_symlinks, ignored);
  }
  void expect_accepted(const std::string& line) const {
    const CommandEnd end = run_command(line);
    EXPECT_EQ(end.exit, 0) << end.output;
  }
  // Names of what was found, each certificate once; all of it must be readable and whole.
  std::vector<std::string> names(Findings findings) {
    std::vector<std::string> out;
    for (const Candidate& one : gather(tree, std::move(findings.found))) {
      EXPECT_EQ(one.problem, "");
      out.insert(out.end(), one.names.begin(), one.names.end());
    }
    return out;
  }

  TempDir dir;
  std::string root;
  DiskTree tree{dir.path()};
};

TEST(AdoptConfigs, OfNginx) {
  if (!have_program("nginx")) GTEST_SKIP() << "apt-get install nginx";
  Host host;
  for (const auto& [name, type] :
       {std::pair{"a.test", KeyType::kP256}, {"a-rsa.test", KeyType::kRsa2048}, {"mx.test", KeyType::kP256}})
    host.make(name, type);
  host.put("/etc/nginx/nginx.conf",
           "pid " + host.root +
               "/pid; error_log stderr; events {}\nhttp {\n  access_log off;\n  include sites-enabled/*;\n" +
               "  server { listen unix:" + host.root +
               "/mx.sock ssl; server_name mx.test;\n  ssl_certificate " + host.root +
               "/tls/mx.test.pem; ssl_certificate_key " + host.root + "/tls/mx.test.key; }\n}\n");
  host.put("/etc/nginx/sites-available/a",
           "server {\n  listen unix:" + host.root +
               "/a.sock ssl;\n  server_name a.test *.a.test;\n  ssl_certificate "
               "../../tls/a.test.pem;\n"
               "  ssl_certificate_key ../../tls/a.test.key;\n  ssl_certificate ../../tls/a-rsa.test.pem;\n"
               "  ssl_certificate_key ../../tls/a-rsa.test.key;\n  location / { return 200 \"{ ; }\"; }\n}\n"
               "server {\n  listen unix:" +
               host.root + "/v.sock ssl;\n  ssl_certificate " + host.root +
               "/tls/$ssl_server_name.pem;\n  ssl_certificate_key " + host.root +
               "/tls/$ssl_server_name.key;\n}\n");
  fs::create_directories(host.root + "/etc/nginx/sites-enabled");
  fs::create_symlink("../sites-available/a", host.root + "/etc/nginx/sites-enabled/a");
  host.expect_accepted("nginx -t -p " + host.root + " -c " + host.root + "/etc/nginx/nginx.conf");
  Findings found = scan_nginx(host.tree, {});
  ASSERT_THAT(found.skipped, SizeIs(1));
  EXPECT_THAT(found.skipped[0].reason, HasSubstr("while nginx runs"));
  EXPECT_EQ(found.found[0].place, "/etc/nginx/sites-enabled/a:4");
  EXPECT_THAT(host.names(std::move(found)), UnorderedElementsAre("a.test", "a-rsa.test", "mx.test"));
}

TEST(AdoptConfigs, OfHaproxy) {
  if (!have_program("haproxy")) GTEST_SKIP() << "apt-get install haproxy";
  Host host;
  for (const char* name : {"a.test", "b.test", "c.test", "d.test"}) host.make(name, KeyType::kP256);
  fs::create_directories(host.root + "/tls/dir");
  fs::rename(host.root + "/tls/b.test.all", host.root + "/tls/dir/b.all");
  fs::rename(host.root + "/tls/d.test.all", host.root + "/tls/both.ecdsa");
  host.put("/etc/haproxy/list", "# names\nc.test.all [alpn h2] c.test\n");
  host.put("/etc/haproxy/haproxy.cfg",
           "global\n  crt-base " + host.root +
               "/tls\ndefaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n"
               "  timeout server 1s\nfrontend web\n  bind 127.0.0.1:5 ssl crt a.test.all crt " +
               host.root + "/tls/dir alpn h2\n  bind 127.0.0.1:6 ssl crt-list " + host.root +
               "/etc/haproxy/list crt both\n");
  host.expect_accepted("haproxy -c -f " + host.root + "/etc/haproxy/haproxy.cfg");
  EXPECT_THAT(host.names(scan_haproxy(host.tree, {})),
              UnorderedElementsAre("a.test", "b.test", "c.test", "d.test"));
}

TEST(AdoptConfigs, OfApache) {
  if (!fs::exists("/etc/apache2/apache2.conf")) GTEST_SKIP() << "apt-get install apache2";
  Host host;
  host.make("shop.test", KeyType::kRsa2048);
  host.copy_stock("/etc/apache2");
  for (const char* module : {"ssl.load", "ssl.conf", "socache_shmcb.load"})
    fs::create_symlink("../mods-available/" + std::string(module),
                       host.root + "/etc/apache2/mods-enabled/" + module);
  host.put("/etc/apache2/ports.conf", "Listen 127.0.0.1:7\n");
  host.put("/etc/apache2/sites-enabled/shop.conf",
           "Define TLS \"" + host.root +
               "/tls\"\n<IfModule mod_ssl.c>\n<VirtualHost 127.0.0.1:7>\n  ServerName shop.test\n"
               "  ServerAlias www.shop.test\n  SSLEngine on\n  SSLCertificateFile ${TLS}/shop.test.pem\n"
               "  SSLCertificateKeyFile \"${TLS}/shop.test.key\"\n</VirtualHost>\n</IfModule>\n");
  host.expect_accepted("set -a; . /etc/apache2/envvars; APACHE_RUN_DIR=" + host.root + " APACHE_LOG_DIR=" +
                       host.root + " APACHE_PID_FILE=" + host.root + "/pid apache2 -t -d " + host.root +
                       "/etc/apache2 -f " + host.root + "/etc/apache2/apache2.conf");
  Findings found = scan_apache(host.tree, {});
  EXPECT_THAT(found.skipped, SizeIs(0));
  ASSERT_THAT(found.found, SizeIs(1));
  EXPECT_THAT(found.found[0].hosts, ElementsAre("shop.test", "www.shop.test"));
  EXPECT_THAT(host.names(std::move(found)), ElementsAre("shop.test"));
}

TEST(AdoptConfigs, OfPostfixSayWhatPostconfSays) {
  if (!fs::exists("/etc/postfix/main.cf")) GTEST_SKIP() << "apt-get install postfix";
  Host host;
  for (const char* name : {"mail.test", "ec.test", "sni.test"}) host.make(name, KeyType::kP256);
  host.copy_stock("/etc/postfix");
  host.append("/etc/postfix/main.cf",
              "myhostname = mail.test\ntls_directory = " + host.root +
                  "/tls\nsmtpd_tls_cert_file =\n"
                  "  ${tls_directory}/$myhostname.all\nsmtpd_tls_key_file = $smtpd_tls_cert_file\n"
                  "smtpd_tls_eccert_file = $(tls_directory)/ec.test.pem\nsmtpd_tls_eckey_file = "
                  "$tls_directory/ec.test.key\n"
                  "tls_server_sni_maps = texthash:" +
                  host.root + "/etc/postfix/sni\n");
  host.put("/etc/postfix/sni",
           "sni.test " + host.root + "/tls/sni.test.key, " + host.root + "/tls/sni.test.pem\n");
  const CommandEnd said = run_command(
      "postconf -c " + host.root + "/etc/postfix -xh smtpd_tls_cert_file smtpd_tls_eckey_file 2>/dev/null");
  Findings found = scan_postfix(host.tree, {});
  ASSERT_THAT(found.found, SizeIs(3));
  EXPECT_EQ(said.output, found.found[0].certificate_files[0] + "\n" + found.found[1].key_file + "\n");
  EXPECT_THAT(host.names(std::move(found)), ElementsAre("mail.test", "ec.test", "sni.test"));
}

TEST(AdoptConfigs, OfDovecotSayWhatDoveconfSays) {
  if (!fs::exists("/etc/dovecot/dovecot.conf")) GTEST_SKIP() << "apt-get install dovecot-imapd";
  Host host;
  for (const char* name : {"imap.test", "other.test"}) host.make(name, KeyType::kP256);
  host.copy_stock("/etc/dovecot");
  host.put("/etc/dovecot/conf.d/10-ssl.conf",
           "ssl = required\nssl_cert = <" + host.root + "/tls/imap.test.pem\nssl_key = <" + host.root +
               "/tls/imap.test.key\n" + "local_name other.test {\n  ssl_cert = <" + host.root +
               "/tls/other.test.pem\n  ssl_key = <" + host.root + "/tls/other.test.key\n}\n");
  const CommandEnd said = run_command("doveconf -n -c " + host.root + "/etc/dovecot/dovecot.conf");
  EXPECT_EQ(said.exit, 0) << said.output;
  Findings found = scan_dovecot(host.tree, {});
  ASSERT_THAT(found.found, SizeIs(2));
  for (const FoundCredential& one : found.found)
    EXPECT_THAT(said.output, HasSubstr("ssl_cert = <" + one.certificate_files[0]));
  EXPECT_THAT(found.found[1].hosts, ElementsAre("other.test"));
  EXPECT_THAT(host.names(std::move(found)), ElementsAre("imap.test", "other.test"));
}

}  // namespace
}  // namespace certstead
