#include "lab/lab.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "base/file.h"
#include "base/temp_dir.h"
#include "crypto/issue.h"
#include "json/json.h"
#include "json/json_object.h"
#include "log/capture_log.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A root, and a certificate for localhost under it.
LabCaOptions options_in(const std::filesystem::path& directory) {
  const SystemClock clock;
  const PrivateKey root_key = PrivateKey::generate(KeyType::kP256).value();
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  CertificateTemplate root{.common_name = "Lab HTTPS root",
                           .public_key = root_key.public_key(),
                           .not_before = clock.now() - std::chrono::hours(1),
                           .not_after = clock.now() + std::chrono::hours(24)};
  root.is_ca = true;
  const Certificate root_certificate = issue_certificate(root, root_key, std::nullopt).value();
  CertificateTemplate leaf{.dns_names = {"localhost"},
                           .public_key = key.public_key(),
                           .not_before = root.not_before,
                           .not_after = root.not_after};
  leaf.server_auth = true;
  LabCaOptions options;
  options.directory = directory;
  options.https_certificate_pem = issue_certificate(leaf, root_key, root_certificate).value().to_pem();
  options.https_key_pem = key.to_pkcs8_pem();
  options.https_root_pem = root_certificate.to_pem();
  return options;
}

std::unique_ptr<HttpClient> client_trusting(const std::string& root_pem) {
  HttpClientOptions options;
  options.egress = EgressPolicy::anywhere();
  options.trusted_roots_pem = root_pem;
  return make_http_client(std::move(options)).value();
}

TEST(Lab, OffersADirectoryAndTellsItsRoot) {
  const TempDir dir;
  CaptureLog log;
  LabCaOptions options = options_in(dir.path() / "ca");
  const std::string https_root = options.https_root_pem;
  const auto lab = Lab::start(std::move(options), log);
  ASSERT_TRUE(lab) << lab.error().detail;
  EXPECT_THAT((*lab)->root_pem(), StartsWith("-----BEGIN CERTIFICATE-----"));
  EXPECT_NE((*lab)->http01_port(), 0);
  EXPECT_EQ((*lab)->failure(), std::nullopt);
  EXPECT_EQ(log.count("lab.ready"), 1U);

  HttpRequest request;
  request.url = (*lab)->directory_url();
  const auto answer = client_trusting(https_root)->send(request, Deadline::after(std::chrono::seconds(20)));
  ASSERT_TRUE(answer) << answer.error().detail;
  const auto json = parse_json(answer->body);
  ASSERT_TRUE(json);
  EXPECT_THAT(JsonObject::of(*json)->string("newOrder").value(), StartsWith("https://localhost:"));
}

TEST(Lab, TakesThePortForAnswersThatItIsGiven) {
  const TempDir dir;
  CaptureLog log;
  LabCaOptions options = options_in(dir.path() / "ca");
  options.http01_port = 5002;
  options.eab_keys = {{"kid-1", "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"}};
  const auto lab = Lab::start(std::move(options), log);
  ASSERT_TRUE(lab) << lab.error().detail;
  EXPECT_EQ((*lab)->http01_port(), 5002);
  const std::string config = read_text_file(dir.path() / "ca" / "pebble.json").value();
  EXPECT_THAT(config, HasSubstr("\"httpPort\": 5002"));
  EXPECT_THAT(config, HasSubstr("\"externalAccountBindingRequired\": true"));
}

TEST(Lab, LeavesNoProcessBehind) {
  const TempDir dir;
  CaptureLog log;
  auto lab = Lab::start(options_in(dir.path() / "ca"), log);
  ASSERT_TRUE(lab) << lab.error().detail;
  const pid_t pebble = (*lab)->pebble_pid();
  const pid_t challenge_server = (*lab)->challenge_server_pid();
  EXPECT_EQ(::kill(pebble, 0), 0);
  lab->reset();
  EXPECT_EQ(::kill(pebble, 0), -1);
  EXPECT_EQ(::kill(challenge_server, 0), -1);
}

TEST(Lab, SaysWhenOneOfItsProgramsEnded) {
  const TempDir dir;
  CaptureLog log;
  const auto lab = Lab::start(options_in(dir.path() / "ca"), log);
  ASSERT_TRUE(lab) << lab.error().detail;
  ::kill((*lab)->pebble_pid(), SIGKILL);
  const Deadline deadline = Deadline::after(std::chrono::seconds(20));
  while (!(*lab)->failure() && !deadline.passed()) ::usleep(2'000);
  EXPECT_EQ((*lab)->failure(), "pebble: signal 9");
}

TEST(Lab, AKeyThatIsNoneIsAnErrorThatQuotesTheLog) {
  const TempDir dir;
  CaptureLog log;
  LabCaOptions options = options_in(dir.path() / "ca");
  options.https_key_pem = SecretBytes(view_bytes("no key"));
  const auto lab = Lab::start(std::move(options), log);
  ASSERT_FALSE(lab);
  EXPECT_EQ(lab.error().code, Code::kUnavailable);
  EXPECT_THAT(lab.error().detail, HasSubstr("the lab's CA does not come up"));
  EXPECT_THAT(lab.error().detail, HasSubstr("PEM"));
}

}  // namespace
}  // namespace certstead
