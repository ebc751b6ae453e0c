// What testssl.sh, which many administrators and auditors use, finds at the gateway.
#include <gmock/gmock.h>

#include "base/file.h"
#include "support/command.h"
#include "support/listener_scene.h"

namespace certstead {
namespace {

// Those of a site that somebody thought about; the gateway adds none by itself.
constexpr std::string_view kHeaders =
    "HTTPAdditionalRespHeader=Strict-Transport-Security: max-age=31536000\n"
    "HTTPAdditionalRespHeader01=X-Content-Type-Options: nosniff\n";

TEST(Testssl, FindsNothingAboveLowAtTheGateway) {
  // Some of its questions name no server: without a default they would be answered by nothing at all.
  const ListenerScene scene({"--on-unknown-name", "default"}, kHeaders);
  const std::string ca = scene.directory() / "office.pem", findings = scene.directory() / "findings.json";
  ASSERT_TRUE(write_file_atomic(ca, view_bytes(scene.office_pem()), 0644));
  const CommandEnd end =
      run_command("testssl --quiet --color 0 --warnings off --nodns none --ip 127.0.0.1 --add-ca " + ca +
                  " --severity MEDIUM --jsonfile " + findings +
                  " www.lab.test:" + std::to_string(scene.https_port()) + " </dev/null");
  // It came to its end, and saw both certificates.
  EXPECT_THAT(end.output, testing::HasSubstr("Done"));
  EXPECT_THAT(end.output, testing::HasSubstr("RSA 2048 bits"));
  EXPECT_THAT(end.output, testing::HasSubstr("EC 256 bits"));
  const std::string found = read_text_file(findings).value_or("CRITICAL: it wrote no findings");
  // A WARN is what it can't ask of any server with this OpenSSL.
  for (const char* severity : {"MEDIUM", "HIGH", "CRITICAL"}) {
    EXPECT_THAT(found, testing::Not(testing::HasSubstr(severity))) << end.output;
  }
}

}  // namespace
}  // namespace certstead
