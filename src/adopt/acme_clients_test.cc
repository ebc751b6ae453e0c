#include <gmock/gmock.h>

#include "adopt/fake_tree.h"
#include "adopt/scan.h"
#include "base/encoding.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kServer = "https://acme-v02.api.letsencrypt.org/directory";

TEST(Certbot, ReadsLineagesWithTheirRenewal) {
  FakeTree tree;
  const std::string at = "/etc/letsencrypt/";
  tree.files[at + "renewal/www.test.conf"] =
      "version = 2.1.0\nfullchain = /etc/letsencrypt/live/www.test/fullchain.pem\n"
      "privkey = /etc/letsencrypt/live/www.test/privkey.pem\n# Options\n[renewalparams]\naccount = abc\n"
      "authenticator = webroot\nserver = " +
      std::string(kServer) +
      "\nkey_type = rsa\nrsa_key_size = 4096\nrenew_hook = systemctl reload nginx\npost_hook = None\n"
      "[[webroot_map]]\nwww.test = /var/www\n";
  tree.files[at + "live/www.test/fullchain.pem"] = "";
  tree.files[at + "accounts/acme-v02.api.letsencrypt.org/directory/abc/regr.json"] =
      R"({"body":{"contact":["mailto:admin@www.test"]},"uri":"https://x"})";
  tree.files[at + "renewal-hooks/deploy/notify.sh"] = "";
  const Findings found = scan_certbot(tree, {});
  ASSERT_THAT(found.found, SizeIs(1));
  const FoundCredential& one = found.found[0];
  EXPECT_EQ(one.name, "www.test");
  EXPECT_EQ(one.problem, "");
  EXPECT_EQ(one.key_file, at + "live/www.test/privkey.pem");
  EXPECT_EQ(one.renewal.directory_url, kServer);
  EXPECT_EQ(one.renewal.email, "admin@www.test");
  EXPECT_EQ(one.renewal.key_type, "rsa 4096");
  EXPECT_EQ(one.renewal.challenge, "webroot");
  EXPECT_THAT(one.renewal.hooks,
              ElementsAre(at + "renewal-hooks/deploy/notify.sh", "systemctl reload nginx"));
}

TEST(Certbot, FindsLineagesWhoseLinksOrRenewalAreGone) {
  FakeTree tree;
  const std::string at = "/etc/letsencrypt/";
  tree.files[at + "renewal/old.test.conf"] = "fullchain = /gone/fullchain.pem\n";
  for (const char* file :
       {"fullchain1.pem", "privkey1.pem", "fullchain12.pem", "privkey12.pem", "fullchain13.pem"})
    tree.files[at + "archive/old.test/" + file] = "";
  tree.files[at + "live/bare.test/fullchain.pem"] = "";
  tree.files[at + "live/README"] = "";
  tree.files[at + "renewal/lost.test.conf"] = "";
  const Findings found = scan_certbot(tree, {});
  ASSERT_THAT(found.found, SizeIs(3));
  EXPECT_EQ(found.found[0].name, "lost.test");
  EXPECT_THAT(found.found[0].problem, HasSubstr("no fullchain.pem"));
  EXPECT_THAT(found.found[1].certificate_files, ElementsAre(at + "archive/old.test/fullchain12.pem"));
  EXPECT_EQ(found.found[2].name, "bare.test");
}

TEST(Lego, ReadsCertificatesAndTheAccountOfTheirServer) {
  FakeTree tree;
  const std::string at = "/root/.lego/";
  tree.files[at + "certificates/_.a.test.crt"] = "";
  tree.files[at + "certificates/_.a.test.key"] = "";
  tree.files[at + "certificates/_.a.test.issuer.crt"] = "";
  tree.files[at + "certificates/_.a.test.json"] =
      R"({"domain":"*.a.test","certUrl":"https://acme-v02.api.letsencrypt.org/acme/cert/1"})";
  tree.files[at + "certificates/keyless.test.crt"] = "";
  tree.files[at + "accounts/acme-v02.api.letsencrypt.org/me@a.test/account.json"] =
      R"({"email":"me@a.test"})";
  const Findings found = scan_lego(tree, {});
  ASSERT_THAT(found.found, SizeIs(2));
  EXPECT_EQ(found.found[0].name, "*.a.test");
  EXPECT_EQ(found.found[0].chain_file, at + "certificates/_.a.test.issuer.crt");
  EXPECT_EQ(found.found[0].renewal.directory_url, kServer);
  EXPECT_EQ(found.found[0].renewal.email, "me@a.test");
  EXPECT_THAT(found.found[1].problem, HasSubstr("keyless.test.key is not there"));
}

TEST(AcmeSh, ReadsBothKeyTypesAndDecodesItsHooks) {
  FakeTree tree;
  const std::string at = "/home/me/.acme.sh/";
  tree.files[at + "account.conf"] = "ACCOUNT_EMAIL='me@a.test'\n";
  tree.files[at + "a.test_ecc/a.test.conf"] =
      "Le_Domain='a.test'\nLe_Alt='www.a.test,*.a.test'\nLe_Webroot='dns_cf'\nLe_Keylength='ec-256'\nLe_API="
      "'" +
      std::string(kServer) + "'\nLe_PreHook=''\nLe_ReloadCmd='__ACME_BASE64__START_" +
      base64_encode(view_bytes("systemctl reload nginx")) + "__ACME_BASE64__END_'\n";
  tree.files[at + "a.test_ecc/fullchain.cer"] = "";
  tree.files[at + "b.test/b.test.conf"] = "Le_Domain='b.test'\nLe_Alt='no'\nLe_Webroot='no'\n";
  ScanOptions options;
  options.home = "/home/me";
  const Findings found = scan_acme_sh(tree, options);
  ASSERT_THAT(found.found, SizeIs(2));
  const FoundCredential& a = found.found[0];
  EXPECT_THAT(a.hosts, ElementsAre("a.test", "www.a.test", "*.a.test"));
  EXPECT_EQ(a.key_file, at + "a.test_ecc/a.test.key");
  EXPECT_EQ(a.renewal.email, "me@a.test");
  EXPECT_EQ(a.renewal.challenge, "dns_cf");
  EXPECT_THAT(a.renewal.hooks, ElementsAre("systemctl reload nginx"));
  EXPECT_THAT(found.found[1].problem, HasSubstr("never issued"));
}

TEST(AcmeClients, OfOtherHomesAreNotLookedInto) {
  FakeTree tree;
  tree.files["/home/mallory/.acme.sh/bank.test/bank.test.conf"] = "Le_Domain='bank.test'\n";
  tree.files["/home/mallory/.lego/certificates/bank.test.crt"] = "";
  EXPECT_TRUE(scan_acme_sh(tree, {}).found.empty());
  EXPECT_TRUE(scan_lego(tree, {}).found.empty());
}

}  // namespace
}  // namespace certstead
