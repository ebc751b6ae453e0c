// Mail over a scripted server, webhooks against the house's own HTTP server.
#include <gmock/gmock.h>

#include <csignal>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "log/capture_log.h"
#include "net/loopback_server.h"
#include "net/test_tls.h"
#include "notify/notifiers.h"
#include "notify/smtp_server_testing.h"
#include "notify/webhook.h"

namespace certstead {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const Instant kAt = from_unix_seconds(1'800'000'000);

Notifier::Message message() {
  return {"store-1", kAt, false, {{"www", "expired", "new", Health::kRed, "it expired", kAt}}};
}

Deadline soon() { return Deadline::after(std::chrono::seconds(5)); }

struct MailScene {
  MailScene() { ::signal(SIGPIPE, SIG_IGN); }
  NotifyTarget target(const SmtpServer& server) const {
    NotifyTarget out;
    out.name = out.kind = "mail";
    out.server = server.address();
    out.from = "certstead@example.test";
    out.to = {"admin@example.test", "second@example.test"};
    out.trusted_pem = root.certificate.to_pem();
    return out;
  }
  TestRoot root = make_test_root();
  TestLeaf leaf = make_test_leaf(root, {"localhost"});
  std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> tls = make_test_server_context(leaf);
  Notifiers notifiers{"host.example.test"};
};

TEST(MailNotifier, StartsTlsThenLogsInThenSends) {
  MailScene scene;
  SmtpServer server({scene.tls.get(), "certstead", "secret", 250, false});
  NotifyTarget target = scene.target(server);
  target.user = "certstead";
  const Status sent = scene.notifiers.send(target, SecretBytes(view_bytes("secret")), message(), soon());
  ASSERT_TRUE(sent) << sent.error().detail;
  ASSERT_EQ(server.mails().size(), 1U);
  EXPECT_THAT(server.mails()[0], HasSubstr("To: <admin@example.test>,\r\n <second@example.test>\r\n"));
  EXPECT_THAT(server.commands(), Contains("(tls)RCPT TO:<second@example.test>"));
  EXPECT_THAT(server.commands(), Not(Contains(StartsWith("AUTH"))));
}

TEST(MailNotifier, SendsNothingInClearUnlessAsked) {
  MailScene scene;
  SmtpServer server({nullptr, "", "", 250, false});
  NotifyTarget target = scene.target(server);
  const Status refused = scene.notifiers.send(target, {}, message(), soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "mail-no-tls");
  EXPECT_THAT(server.mails(), IsEmpty());
  EXPECT_THAT(server.commands(), Not(Contains(StartsWith("MAIL"))));
  target.tls = "none";
  EXPECT_TRUE(scene.notifiers.send(target, {}, message(), soon()));
  EXPECT_EQ(server.mails().size(), 1U);
}

TEST(MailNotifier, AServerWithAnotherCertificateGetsNoPassword) {
  MailScene scene;
  SmtpServer server({scene.tls.get(), "u", "secret", 250, false});
  NotifyTarget target = scene.target(server);
  target.user = "u";
  target.trusted_pem = make_test_root("Other").certificate.to_pem();
  const Status refused = scene.notifiers.send(target, SecretBytes(view_bytes("secret")), message(), soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "tls-not-trusted");
  EXPECT_THAT(server.commands(), Not(Contains(HasSubstr("AUTH"))));
}

TEST(MailNotifier, SaysWhatTheServerSaid) {
  MailScene scene;
  SmtpServer server({scene.tls.get(), "u", "secret", 250, false});
  NotifyTarget target = scene.target(server);
  target.user = "u";
  EXPECT_EQ(scene.notifiers.send(target, SecretBytes(view_bytes("wrong")), message(), soon()).error().id,
            "mail-login");
  server.set_after_data(451);
  const SecretBytes right(view_bytes("secret"));
  EXPECT_EQ(scene.notifiers.send(target, right, message(), soon()).error().code, Code::kUnavailable);
  server.set_after_data(554);
  EXPECT_EQ(scene.notifiers.send(target, right, message(), soon()).error().id, "mail-refused");
}

TEST(MailNotifier, AServerThatHangsCostsTheDeadlineOnly) {
  MailScene scene;
  SmtpServer server({nullptr, "", "", 250, true});
  const Status late =
      scene.notifiers.send(scene.target(server), {}, message(), Deadline::after(Duration{300}));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kUnavailable);
}

// A webhook's receiver on loopback.
struct Receiver {
  Receiver() {
    server = loopback_server(
        [this](const HttpExchange& http) {
          got.push_back(http);
          HttpReply reply;
          reply.status = status;
          if (status == 302) reply.headers.add("Location", "http://127.0.0.1:1/elsewhere");
          return reply;
        },
        log);
  }
  NotifyTarget target() const {
    NotifyTarget out;
    out.name = out.kind = "webhook";
    out.url = "http://127.0.0.1:" + std::to_string(server->port()) + "/hook";
    out.allowed_networks = "127.0.0.0/8";
    return out;
  }
  NullLog log;
  int status = 200;
  std::vector<HttpExchange> got;
  std::unique_ptr<HttpServer> server;
};

TEST(Webhook, IsSignedOverTimestampAndBody) {
  Receiver receiver;
  const SecretBytes secret(view_bytes("0123456789abcdef"));
  ASSERT_TRUE(Notifiers("h").send(receiver.target(), secret, message(), soon()));
  ASSERT_EQ(receiver.got.size(), 1U);
  const HttpExchange& got = receiver.got[0];
  EXPECT_EQ(got.headers.get("Certstead-Timestamp"), "1800000000");
  EXPECT_EQ(got.headers.get("Certstead-Signature"),
            "sha256=" + hex_encode(hmac_sha256(secret, view_bytes("1800000000." + got.body))));
  EXPECT_THAT(got.body, HasSubstr(R"("id":"expired")"));
  EXPECT_NE(webhook_signature(secret, kAt, got.body),
            webhook_signature(secret, kAt + std::chrono::seconds(1), got.body));
}

TEST(Webhook, DoesNotFollowARedirect) {
  Receiver receiver;
  receiver.status = 302;
  const Status answer =
      Notifiers("h").send(receiver.target(), SecretBytes(view_bytes("s")), message(), soon());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().id, "webhook-redirect");
  EXPECT_EQ(receiver.got.size(), 1U);
}

TEST(Webhook, TellsForGoodFromForNow) {
  Receiver receiver;
  const auto code_of = [&](int status) {
    receiver.status = status;
    return Notifiers("h")
        .send(receiver.target(), SecretBytes(view_bytes("s")), message(), soon())
        .error()
        .code;
  };
  EXPECT_EQ(code_of(500), Code::kUnavailable);
  EXPECT_EQ(code_of(429), Code::kUnavailable);
  EXPECT_EQ(code_of(401), Code::kInvalid);
}

TEST(Webhook, PrivateAddressesNeedTheirPermission) {
  Receiver receiver;
  NotifyTarget target = receiver.target();
  target.allowed_networks.clear();
  EXPECT_EQ(Notifiers("h").send(target, SecretBytes(view_bytes("s")), message(), soon()).error().code,
            Code::kDenied);
  EXPECT_THAT(receiver.got, IsEmpty());
}

}  // namespace
}  // namespace certstead
