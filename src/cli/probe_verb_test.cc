#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <fstream>

#include "base/temp_dir.h"
#include "cli/fake_manager.h"
#include "crypto/issue.h"
#include "log/capture_log.h"
#include "net/loopback_server.h"

namespace certstead {
namespace {

using testing::HasSubstr;

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

// A server with one self-signed P-256 certificate for www.example.test.
class Probe : public testing::Test {
 protected:
  Probe() {
    const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
    CertificateTemplate content{.dns_names = {"www.example.test"},
                                .public_key = key.public_key(),
                                .not_before = from_unix_seconds(1'700'000'000),
                                .not_after = from_unix_seconds(2'000'000'000)};
    content.server_auth = true;
    const Certificate certificate = issue_certificate(content, key, std::nullopt).value();
    std::ofstream(root()) << certificate.to_pem();
    std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), certificate.native());
    SSL_CTX_use_PrivateKey(context.get(), key.native());
    server_ = loopback_server([](const HttpExchange&) { return HttpReply{}; }, log_, context.get());
  }
  std::string root() const { return (dir_.path() / "root.pem").string(); }
  std::string target() const { return "127.0.0.1:" + std::to_string(server_->port()); }

  TempDir dir_;
  CaptureLog log_;
  CliScene scene_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(Probe, ShowsWhatIsServedForEachKindOfKey) {
  const Ran ran = scene_.run({"probe", target(), "--name", "www.example.test"});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("ecdsa    p256"));
  EXPECT_THAT(ran.out, HasSubstr("2033-05-18"));
  EXPECT_THAT(ran.out, HasSubstr("rsa      -"));
}

TEST_F(Probe, AKindThatIsNotServedIsAFailureIfItWasAskedFor) {
  EXPECT_EQ(scene_.run({"probe", target(), "--name", "www.example.test", "--key", "rsa"}).exit_code,
            kExitFailed);
}

TEST_F(Probe, AnotherNameIsAFailure) {
  EXPECT_EQ(scene_.run({"probe", target(), "--name", "mail.example.test"}).exit_code, kExitFailed);
}

TEST_F(Probe, AnIdnIsAskedForInALabels) {
  const std::string idn =
      "b\xc3\xbc"
      "cher.example.test";
  EXPECT_THAT(scene_.run({"probe", target(), "--name", idn, "--roots", root()}).out,
              HasSubstr("not xn--bcher-kva.example.test"));
  EXPECT_EQ(scene_.run({"probe", target(), "--name", "b\xc3\xbc_x.example.test"}).exit_code, kExitUsage);
}

TEST_F(Probe, VerifiesAgainstRoots) {
  const std::vector<std::string> words = {
      "probe", target(), "--name", "www.example.test", "--roots", root(), "--key", "ecdsa", "-o", "json"};
  const Ran ran = scene_.run(words);
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("\"verified\": true"));
}

TEST_F(Probe, TargetsThatAreNoneAreWrongUsage) {
  for (const char* wrong : {"a.test:0", "a.test:x", "a.test:70000"}) {
    EXPECT_EQ(scene_.run({"probe", wrong}).exit_code, kExitUsage) << wrong;
  }
}

}  // namespace
}  // namespace certstead
