// An imported credential on its way to real handshakes.
#include <gmock/gmock.h>

#include "base/file.h"
#include "crypto/issue.h"
#include "support/fleet_processes.h"

namespace certstead {
namespace {

using testing::HasSubstr;

void expect_ok(const CommandResult& result) { EXPECT_EQ(result.exit, 0) << result.out << result.err; }

// A self-signed key and certificate, which need no CA to be served.
std::string credential(const std::string& name, KeyType type) {
  const Instant now = SystemClock().now();
  const PrivateKey key = PrivateKey::generate(type).value();
  const CertificateTemplate wanted{.dns_names = {name},
                                   .public_key = key.public_key(),
                                   .not_before = now - std::chrono::hours(1),
                                   .not_after = now + std::chrono::hours(48),
                                   .server_auth = true};
  return to_text(key.to_pkcs8_pem().reveal()) + issue_certificate(wanted, key, {}).value().to_pem();
}

TEST(FleetImport, AFolderWithBothKeyTypesIsServedByTheGateway) {
  FleetProcesses fleet;
  const std::string folder = (fleet.directory() / "import").string();
  ASSERT_TRUE(make_directories(folder, 0755));
  for (const auto& [file, type] :
       {std::pair("ec.pem", KeyType::kP256), std::pair("rsa.pem", KeyType::kRsa2048)})
    ASSERT_TRUE(write_file_atomic(folder + "/" + file, view_bytes(credential("old.lab.test", type)), 0644));
  ASSERT_TRUE(write_file_atomic(folder + "/README", view_bytes("keep this"), 0644));

  const CommandResult dry = fleet.cli({"import", folder, "--dry-run"});
  expect_ok(dry);
  EXPECT_THAT(dry.out + dry.err, HasSubstr("nothing was changed"));
  const CommandResult done = fleet.cli({"import", folder});
  expect_ok(done);
  EXPECT_THAT(done.out, HasSubstr("old.lab.test"));
  EXPECT_THAT(done.err, HasSubstr("README: it holds no certificate"));
  for (const auto& [key, type] :
       {std::pair(ProbeKey::kEcdsa, "p256"), std::pair(ProbeKey::kRsa, "rsa2048")}) {
    const auto report = fleet.probe("old.lab.test", key);
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_THAT(done.out, HasSubstr(type));
    EXPECT_THAT(fleet.cli({"show", "old.lab.test", "-o", "json"}).out, HasSubstr(report->leaf.serial()));
  }
  EXPECT_THAT(fleet.cli({"import", folder}).out, HasSubstr("unchanged"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/ec.pem"));
  const CommandResult nothing = fleet.cli({"import", folder + "/README"});
  EXPECT_EQ(nothing.exit, 1);
  EXPECT_THAT(nothing.err, HasSubstr("nothing can be imported"));
  EXPECT_EQ(fleet.cli({"import"}).exit, 2);
  EXPECT_EQ(fleet.cli({"import", "/dev/zero"}).exit, 1);
}

}  // namespace
}  // namespace certstead
