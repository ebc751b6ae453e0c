// Directories made by the real certbot and the real lego, against a real CA.
#include <gmock/gmock.h>

#include "adopt/material.h"
#include "adopt/scan.h"
#include "base/file.h"
#include "crypto/certificate.h"
#include "peers/pebble.h"
#include "support/command.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class Scene {
 public:
  explicit Scene(PebbleLab lab) : pebble(std::move(lab)) {
    give_to_nobody(dir.path());
    EXPECT_TRUE(write_file_atomic(dir.path() / "ca.pem", view_bytes(pebble.tls_root_pem()), 0644));
  }
  std::string path(const std::string& below) const { return (dir.path() / below).string(); }

  void certbot(const std::string& more) const {
    const auto end =
        run_command(as_nobody() + "env REQUESTS_CA_BUNDLE=" + path("ca.pem") + " certbot " + more +
                    " --server " + pebble.directory_url() + " --config-dir " + path("etc/letsencrypt") +
                    " --work-dir " + path("work") + " --logs-dir " + path("logs") + " --non-interactive");
    EXPECT_EQ(end.exit, 0) << end.output;
  }
  std::string standalone() const {
    return " --standalone --http-01-address 127.0.0.1 --http-01-port " + std::to_string(pebble.http01_port());
  }
  void lego(const std::string& more) const {
    const auto end =
        run_command(as_nobody() + "env LEGO_CA_CERTIFICATES=" + path("ca.pem") + " lego --server " +
                    pebble.directory_url() + " --path " + path("root/.lego") +
                    " --email me@acme.test --accept-tos --http --http.port 127.0.0.1:" +
                    std::to_string(pebble.http01_port()) + " " + more);
    EXPECT_EQ(end.exit, 0) << end.output;
  }

  TempDir dir;
  PebbleLab pebble;
  DiskTree tree{dir.path()};
};

std::unique_ptr<Scene> scene() {
  auto lab = PebbleLab::start({.http01_port = free_port()});
  return lab ? std::make_unique<Scene>(std::move(*lab)) : nullptr;
}

TEST(Adoption, OfACertbotDirectoryFindsEveryLineageAndHowItIsRenewed) {
  if (!PebbleLab::available() || !have_program("certbot")) GTEST_SKIP() << "apt-get install pebble certbot";
  const auto at = scene();
  ASSERT_TRUE(at);
  at->certbot(
      "certonly -d www.acme.test -d acme.test --agree-tos -m me@acme.test --no-eff-email --deploy-hook true" +
      at->standalone());
  at->certbot("certonly -d rsa.acme.test --key-type rsa --rsa-key-size 2048" + at->standalone());
  at->certbot("renew --no-random-sleep-on-renew --force-renewal --cert-name www.acme.test");
  Findings found = scan_certbot(at->tree, {});
  ASSERT_THAT(found.found, SizeIs(2));
  EXPECT_THAT(found.skipped, SizeIs(0));
  const RenewalFacts renewal = found.found[1].renewal;
  EXPECT_EQ(found.found[1].name, "www.acme.test");
  EXPECT_EQ(renewal.directory_url, at->pebble.directory_url());
  EXPECT_EQ(renewal.challenge, "standalone");
  EXPECT_THAT(renewal.key_type, HasSubstr("ecdsa"));
  EXPECT_THAT(renewal.hooks, ElementsAre("true"));
  const auto all = gather(at->tree, std::move(found.found));
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_THAT(all[1].names, UnorderedElementsAre("www.acme.test", "acme.test"));
  for (const Candidate& one : all) {
    EXPECT_EQ(one.problem, "");
    ASSERT_THAT(one.files, SizeIs(2));
    const auto leaf = Certificate::from_pem(view_text(one.files[0].bytes.reveal()));
    const auto key = PrivateKey::from_pem(one.files[1].bytes.reveal());
    ASSERT_TRUE(leaf && key);
    EXPECT_TRUE(leaf->matches(*key));
  }
}

TEST(Adoption, OfALegoDirectoryFindsCertificatesWithTheirChains) {
  if (!PebbleLab::available() || !have_program("lego")) GTEST_SKIP() << "apt-get install pebble lego";
  const auto at = scene();
  ASSERT_TRUE(at);
  at->lego("--domains a.acme.test --domains b.acme.test run");
  at->lego("--domains rsa.acme.test --key-type rsa2048 run");
  Findings found = scan_lego(at->tree, {});
  ASSERT_THAT(found.found, SizeIs(2));
  EXPECT_EQ(found.found[0].name, "a.acme.test");
  EXPECT_EQ(found.found[0].renewal.email, "me@acme.test");
  // Lego does not keep the directory's URL, and this CA's can't be known from its host.
  EXPECT_EQ(found.found[0].renewal.directory_url, "");
  const auto all = gather(at->tree, std::move(found.found));
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_THAT(all[0].names, UnorderedElementsAre("a.acme.test", "b.acme.test"));
  ASSERT_THAT(all[0].files, SizeIs(3));
  const auto key = PrivateKey::from_pem(all[0].files[1].bytes.reveal());
  ASSERT_TRUE(key);
  EXPECT_TRUE(Certificate::from_pem(view_text(all[0].files[0].bytes.reveal())).value().matches(*key));
  EXPECT_TRUE(Certificate::from_pem(view_text(all[0].files[2].bytes.reveal())).value().is_ca());
}

}  // namespace
}  // namespace certstead
