// What sslscan finds at the gateway (testssl_test.cc asks more and takes longer). Debian's can't ask for
// compression; odd_handshakes_test.cc does.
#include <gmock/gmock.h>

#include <regex>

#include "support/command.h"
#include "support/listener_scene.h"

namespace certstead {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> enabled_protocols(const std::string& output) {
  std::vector<std::string> out;
  const std::regex line("(SSLv2|SSLv3|TLSv1\\.[0-3]) +enabled");
  for (std::sregex_iterator at(output.begin(), output.end(), line), end; at != end; ++at) {
    out.push_back((*at)[1]);
  }
  return out;
}

TEST_F(Listener, HasNothingThatSslscanMarksAsWeak) {
  const CommandEnd end = run_command("sslscan --no-colour --show-sigs --sni-name=www.lab.test 127.0.0.1:" +
                                     std::to_string(scene_->https_port()) + " </dev/null");
  ASSERT_EQ(end.exit, 0) << end.output;
  EXPECT_THAT(enabled_protocols(end.output), testing::ElementsAre("TLSv1.2", "TLSv1.3")) << end.output;
  for (const char* const said :
       {"Session renegotiation not supported", "TLSv1.3 not vulnerable to heartbleed",
        "TLSv1.2 not vulnerable to heartbleed", "Server supports TLS Fallback SCSV"}) {
    EXPECT_THAT(end.output, HasSubstr(said));
  }
  for (const char* const weak : {"RC4", "3DES", "DES-CBC", "NULL", "EXP-", "anon", "ADH-", "AECDH-", "MD5",
                                 "-CBC", "-SHA ", "-SHA\n", " 112 bits", " 56 bits", " 40 bits"}) {
    EXPECT_THAT(end.output, Not(HasSubstr(weak)));
  }
  EXPECT_THAT(end.output, ContainsRegex("TLSv1.2.*ECDHE-ECDSA-AES"));
  EXPECT_THAT(end.output, ContainsRegex("TLSv1.2.*ECDHE-RSA-AES"));
  if (HasFailure()) std::cout << end.output;
}

}  // namespace
}  // namespace certstead
