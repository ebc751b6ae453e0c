// Whether a port serves a certificate: a real TLS server on loopback.
#include "probe/served_prober.h"

#include <gmock/gmock.h>

#include "log/capture_log.h"
#include "net/loopback_server.h"
#include "net/test_tls.h"

namespace certstead {
namespace {

using testing::HasSubstr;

class Served : public testing::Test {
 protected:
  ServedQuestion question(const Certificate& expected) const {
    ServedQuestion out;
    out.target = "https://127.0.0.1:" + std::to_string(server_->port());
    out.names = {"www.example.test"};
    out.serial = expected.serial();
    out.fingerprint = expected.fingerprint();
    return out;
  }
  static ServedCertificate look(const ServedQuestion& question) {
    return ServedProber().look(question, Deadline::after(std::chrono::seconds(5)));
  }

  NullLog log_;
  TestRoot root_ = make_test_root();
  TestLeaf leaf_ = make_test_leaf(root_, {"www.example.test"});
  std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> tls_ = make_test_server_context(leaf_);
  std::unique_ptr<HttpServer> server_ =
      loopback_server([](const HttpExchange&) { return HttpReply{}; }, log_, tls_.get());
};

TEST_F(Served, IsTheVeryCertificateOrTheSerialThatIsShownInstead) {
  const ServedCertificate right = look(question(leaf_.certificate));
  EXPECT_EQ(right.problem, "");
  EXPECT_EQ(right.serial, leaf_.certificate.serial());
  EXPECT_EQ(right.kind, "ecdsa");
  const TestLeaf newer = make_test_leaf(root_, {"www.example.test"});
  const ServedCertificate old = look(question(newer.certificate));
  EXPECT_THAT(old.problem, HasSubstr("it shows serial " + leaf_.certificate.serial()));
  EXPECT_THAT(old.problem, HasSubstr("not " + newer.certificate.serial()));
}

TEST_F(Served, TheOtherKindOfKeyAndAPortThatIsClosedAreSentences) {
  ServedQuestion rsa = question(leaf_.certificate);
  rsa.rsa = true;
  EXPECT_NE(look(rsa).problem, "");
  EXPECT_EQ(look(rsa).serial, "");
  ServedQuestion closed = question(leaf_.certificate);
  closed.target = "https://127.0.0.1:1";
  EXPECT_NE(look(closed).problem, "");
  closed.target = "gopher://127.0.0.1";
  EXPECT_NE(look(closed).problem, "");
}

TEST(HostUnder, IsTheFirstHostElseOneBelowTheWildcard) {
  EXPECT_EQ(host_under({"*.example.test", "example.test"}), "example.test");
  EXPECT_EQ(host_under({"*.example.test"}), "certstead-proof.example.test");
  EXPECT_EQ(host_under({}), "");
}

}  // namespace
}  // namespace certstead
