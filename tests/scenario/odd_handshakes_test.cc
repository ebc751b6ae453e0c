// Malformed and odd handshakes at the real gateway. They stand for the scripts of tlsfuzzer, which Debian
// does not carry (nor tlslite-ng, on which they are built): the same questions, put together by raw_tls.h or
// by an OpenSSL client whose records are changed on their way. After each the gateway serves as before.
#include <gmock/gmock.h>

#include <sys/socket.h>

#include <algorithm>
#include <functional>

#include "support/listener_scene.h"
#include "support/raw_tls.h"
#include "support/tls_client.h"

namespace certstead {
namespace {

using testing::AnyOf;

constexpr const char* kName = "www.lab.test";
constexpr const char* kOther = "mail.lab.test";
const std::string kRequest = "GET / HTTP/1.0\r\n\r\n";
constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

// Alerts (RFC 8446 section 6).
constexpr const char* kUnexpected = "alert 10";
constexpr const char* kTooLong = "alert 22";
constexpr const char* kNoAgreement = "alert 40";
constexpr const char* kIllegal = "alert 47";
constexpr const char* kDecode = "alert 50";
constexpr const char* kVersion = "alert 70";
constexpr const char* kMissing = "alert 109";
constexpr const char* kUnknownName = "alert 112";
constexpr const char* kHello12 = "ServerHello 1.2";
constexpr const char* kHello13 = "ServerHello 1.3";

class OddHandshakes : public Listener {
 protected:
  ~OddHandshakes() override { serves("the test"); }
  std::uint16_t port() const { return scene_->https_port(); }
  void serves(const std::string& what) const {
    const Served served = client_.ask({port()}, {.name = kName, .request = kRequest});
    EXPECT_TRUE(served.ok) << "after " << what << ": " << served.why << scene_->log_of("gateway");
    EXPECT_THAT(served.answer, testing::HasSubstr("served by the gateway"));
  }
  std::string answer(const Bytes& bytes) const {
    RawTalk talk(port());
    talk.send(bytes);
    return talk.next();
  }
  void expect(const std::string& what, const RawHello& hello, const std::string& expected) const {
    EXPECT_EQ(answer(raw_records(raw_message(hello))), expected) << what;
    serves(what);
  }
  // A session that resumes at `name`; the first ticket secrets come a moment after the credential.
  Served session_of(const std::string& name, int version, bool tickets = true) const {
    for (const Deadline deadline = Deadline::after(std::chrono::seconds{60}); !deadline.passed();) {
      Served made = client_.ask({port()}, ask(name, version, nullptr, tickets));
      if (made.session && client_.ask({port()}, ask(name, version, made.session.get(), tickets)).resumed) {
        return client_.ask({port()}, ask(name, version, nullptr, tickets));
      }
    }
    ADD_FAILURE() << "no session resumes at all";
    return {};
  }
  static Ask ask(const std::string& name, int version, SSL_SESSION* resume, bool tickets = true) {
    return {.name = name, .version = version, .request = kRequest, .resume = resume, .tickets = tickets};
  }
  const TlsClient client_;
};

TEST_F(OddHandshakes, VersionsOtherThanTls12And13AreRefusedAndUnknownOnesPassedOver) {
  for (const std::uint16_t version : {0x0300, 0x0301, 0x0302}) {
    RawHello hello = raw_hello12(kName);
    hello.version = version;
    // SSL 3 has no alert for it.
    expect("version " + std::to_string(version), hello, version == 0x0300 ? kNoAgreement : kVersion);
  }
  for (const std::uint16_t version : {0x0300, 0x0301, 0x0302, 0x0305, 0x7f1c}) {
    expect("supported version " + std::to_string(version),
           raw_hello13(kName).instead(raw_versions({version})), kVersion);
  }
  RawHello later = raw_hello12(kName);
  later.version = 0x0305;
  expect("TLS 1.4 in the old place", later, kHello12);
  expect("TLS 1.4 beside 1.3", raw_hello13(kName).instead(raw_versions({0x0a0a, 0x0305, 0x0304})), kHello13);
  expect("no version at all", raw_hello13(kName).instead({kRawVersions, {0}}), kVersion);
}

// RFC 8446 section 4.1.3: the end of the random says that the server could have done 1.3.
TEST_F(OddHandshakes, AClientOfTls12IsToldThatTheServerSpeaksMore) {
  RawTalk talk(port());
  talk.send(raw_records(raw_message(raw_hello12(kName))));
  ASSERT_EQ(talk.next(), kHello12);
  EXPECT_EQ(to_text(BytesView(talk.body()).subspan(30, 8)), "DOWNGRD\x01");
}

TEST_F(OddHandshakes, ServerNamesThatAreNoneAreRefused) {
  const auto hello = [](RawExtension name) { return raw_hello13(kName).instead(std::move(name)); };
  expect("two names", hello(raw_server_names({kName, kOther})), kDecode);
  expect("an empty list", hello(raw_server_names({})), kUnknownName);
  expect("an empty extension", hello({kRawServerName, {}}), kUnknownName);
  expect("an empty name", hello(raw_server_names({""})), kUnknownName);
  expect("another type of name", hello(raw_server_names({kName}, 1)), kUnknownName);
  expect("300 bytes", hello(raw_server_names({std::string(300, 'a')})), kUnknownName);
  expect("a NUL", hello(raw_server_names({std::string("www\0.lab.test", 13)})), kUnknownName);
  expect("an IPv4 address", hello(raw_server_names({"127.0.0.1"})), kUnknownName);
  expect("an IPv6 address", hello(raw_server_names({"[::1]"})), kUnknownName);
  expect("a name nobody has", hello(raw_server_names({"nobody.lab.test"})), kUnknownName);
  expect("twice", raw_hello13(kName).with(raw_server_names({kName})), kIllegal);
  expect("capitals and a dot", hello(raw_server_names({"WWW.Lab.test."})), kHello13);
}

// The certificate is chosen before OpenSSL looks at what else is wrong: nothing suits a client that can
// verify nothing.
TEST_F(OddHandshakes, ExtensionsOutOfShapeAreRefused) {
  const RawHello hello = raw_hello13(kName);
  expect("no signature algorithms in a list", hello.instead({kRawAlgorithms, {0, 0}}), kNoAgreement);
  expect("an odd list of groups", hello.instead({kRawGroups, {0, 3, 0, 29, 0}}), kDecode);
  expect("no signature algorithms", hello.without(kRawAlgorithms), kMissing);
  expect("no groups", hello.without(kRawGroups), kMissing);
  expect("no group in common",
         hello.instead(raw_numbers(kRawGroups, {0x0a0a})).instead(raw_key_share(0x0a0a)), kNoAgreement);
  expect("a share that is too short", hello.instead(raw_key_share(29, 31)), kIllegal);
  expect("a ticket that is not last",
         raw_hello12(kName).with({41, {0, 0, 0, 0}}).with(raw_versions({0x0304})), kIllegal);
  expect("60,000 bytes for an extension nobody knows", hello.with({0xfafa, Bytes(60'000)}), kHello13);
  RawHello many = hello;
  for (std::uint16_t number = 0x8000; number < 0x8000 + 2'000; ++number) many = many.with({number, {}});
  expect("2,000 extensions", many, kHello13);
}

TEST_F(OddHandshakes, SuitesAndCompressionsAreChosenAsTheyShouldBe) {
  RawHello hello = raw_hello13(kName);
  for (std::uint16_t suite = 0x5000; suite < 0x5000 + 32'000; ++suite) hello.suites.push_back(suite);
  expect("32,000 suites", hello, kHello13);
  hello = raw_hello13(kName);
  hello.suites = {0x0005, 0x000a};
  expect("old suites alone", hello, kNoAgreement);
  hello.suites = {};
  expect("no suite", hello, kIllegal);
  hello = raw_hello13(kName);
  hello.compressions = {1, 0};
  expect("compression with TLS 1.3", hello, kIllegal);
  hello = raw_hello12(kName);
  hello.compressions = {1};
  expect("nothing but compression", hello, kDecode);
  hello.compressions = {1, 0};
  RawTalk talk(port());
  talk.send(raw_records(raw_message(hello)));
  ASSERT_EQ(talk.next(), kHello12);
  const std::size_t session = talk.body()[38];
  EXPECT_EQ(talk.body()[38 + 1 + session + 2], 0) << "compression chosen";
}

TEST_F(OddHandshakes, AMessageThatIsCutOrTooLongIsRefused) {
  const Bytes whole = raw_message(raw_hello13(kName));
  for (const std::size_t size : {whole.size() - 1, whole.size() / 2, std::size_t{40}, std::size_t{6}}) {
    Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    cut[1] = 0;
    cut[2] = static_cast<std::uint8_t>((size - 4) >> 8);
    cut[3] = static_cast<std::uint8_t>(size - 4);
    EXPECT_EQ(answer(raw_records(cut)), kDecode) << size;
  }
  Bytes endless = whole;
  endless[1] = 0xff;
  EXPECT_EQ(answer(raw_records(endless)), kIllegal) << "16 MB are announced";
  RawTalk talk(port());
  talk.send(raw_records(Bytes(whole.begin(), whole.begin() + 30)));
  talk.end_sending();
  EXPECT_EQ(talk.next(), "closed") << "the client goes away within its message";
}

TEST_F(OddHandshakes, RecordsMayBeTinyButNotEmptyOrOfAnotherKind) {
  const Bytes message = raw_message(raw_hello13(kName));
  EXPECT_EQ(answer(raw_records(message, 1)), kHello13) << "a byte in each record";
  EXPECT_EQ(answer(raw_records(message, 3)), kHello13);
  Bytes empty;
  for (int i = 0; i < 40; ++i) empty.insert(empty.end(), {22, 3, 1, 0, 0});
  EXPECT_EQ(answer(empty), kUnexpected) << "empty ones";
  EXPECT_EQ(answer(raw_records(Bytes(10), 10, 24)), kUnexpected) << "a heartbeat";
  EXPECT_EQ(answer(raw_records(Bytes(10), 10, 23)), kUnexpected) << "data before the handshake";
  EXPECT_EQ(answer(raw_records({1}, 1, 20)), kUnexpected) << "a change of ciphers before it";
  EXPECT_THAT(answer({22, 3, 1, 0xff, 0xff}), AnyOf(kTooLong, "closed")) << "65,535 bytes";
  EXPECT_EQ(answer(to_bytes("GET / HTTP/1.1\r\nHost: www.lab.test\r\n\r\n")), "closed") << "HTTP in clear";
  EXPECT_EQ(answer(to_bytes("\x16\x09\x01\x02\x03 no TLS at all, and some more of it")), "closed");
}

TEST_F(OddHandshakes, TheServerAsksForAnotherHelloOnce) {
  const Bytes without = raw_records(raw_message(raw_hello13(kName).instead({kRawShare, {0, 0}})));
  RawTalk talk(port());
  talk.send(without);
  ASSERT_EQ(talk.next(), "HelloRetryRequest");
  talk.send(without);
  std::string answer = talk.next();
  if (answer == "record 20") answer = talk.next();  // for middle boxes (RFC 8446 appendix D.4)
  EXPECT_THAT(answer, AnyOf(kIllegal, kNoAgreement));
}

// Every byte of a ticket is under its mac.
TEST_F(OddHandshakes, ATicketThatWasTouchedOrIsOfAnotherNameIsPassedOver) {
  for (const int version : kVersions) {
    const Served made = session_of(kName, version);
    ASSERT_TRUE(made.session);
    const unsigned char* ticket = nullptr;
    std::size_t size = 0;
    SSL_SESSION_get0_ticket(made.session.get(), &ticket, &size);
    ASSERT_GT(size, 40U);
    unsigned char* text = nullptr;
    const int length = i2d_SSL_SESSION(made.session.get(), &text);
    const Bytes der(text, text + length);
    OPENSSL_free(text);
    const auto at = std::search(der.begin(), der.end(), ticket, ticket + size) - der.begin();
    for (const std::size_t offset : {std::size_t{0}, size / 2, size - 1}) {
      Bytes changed = der;
      changed.at(static_cast<std::size_t>(at) + offset) ^= 1;
      const unsigned char* begin = changed.data();
      const SessionHandle session(d2i_SSL_SESSION(nullptr, &begin, length));
      const Served served = client_.ask({port()}, ask(kName, version, session.get()));
      EXPECT_TRUE(served.ok) << served.why;
      EXPECT_FALSE(served.resumed) << "byte " << offset << " of " << size;
    }
    const Served other = client_.ask({port()}, ask(kOther, version, made.session.get()));
    EXPECT_TRUE(other.ok) << other.why;
    EXPECT_FALSE(other.resumed);
  }
}

TEST_F(OddHandshakes, ASessionIdOfAnotherNameIsPassedOver) {
  const Served made = session_of(kName, TLS1_2_VERSION, false);
  ASSERT_TRUE(made.session);
  const Served other = client_.ask({port()}, ask(kOther, TLS1_2_VERSION, made.session.get(), false));
  EXPECT_TRUE(other.ok) << other.why;
  EXPECT_FALSE(other.resumed);
}

// An OpenSSL client, step by step.
class Steps : public OddHandshakes {
 protected:
  SslHandle connection(int version) {
    SslHandle out(SSL_new(context_.get()));
    socket_ = connect_to(port());
    SSL_set_fd(out.get(), socket_.get());
    wish(out.get(), {.server_name = kName, .version = version});
    SSL_set_connect_state(out.get());
    SSL_set_app_data(out.get(), &alert_);
    SSL_set_info_callback(out.get(), [](const SSL* ssl, int where, int value) {
      if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
        *static_cast<int*>(SSL_get_app_data(ssl)) = value & 0xff;
    });
    return out;
  }
  // The handshake, with `change` made to all that the client sends; ends when one side is done or gives up.
  void shake(SSL* ssl, const std::function<void(Bytes&)>& change) {
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, out);
    for (bool going = true; going;) {
      ERR_clear_error();
      const bool done = SSL_do_handshake(ssl) == 1;
      unsigned char* text = nullptr;
      const long size = BIO_get_mem_data(out, &text);
      Bytes sent(text, text + size);
      (void)BIO_reset(out);
      change(sent);
      if (!sent.empty() && ::send(socket_.get(), sent.data(), sent.size(), MSG_NOSIGNAL) < 0) return;
      char buffer[16384];
      const ssize_t got = ::recv(socket_.get(), buffer, sizeof buffer, 0);
      if (got > 0) BIO_write(in, buffer, static_cast<int>(got));
      if (done) SSL_read(ssl, buffer, sizeof buffer);
      going = got > 0 && alert_ == 0;
    }
    SSL_do_handshake(ssl);
  }

  const ContextHandle context_ = client_context({});
  Fd socket_;
  int alert_ = 0;

  Steps() { SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr); }
};

TEST_F(Steps, EarlyDataIsRejectedAndTheConnectionGoesOn) {
  const Served made = session_of(kName, TLS1_3_VERSION);
  ASSERT_TRUE(made.session);
  const SessionHandle session(SSL_SESSION_dup(made.session.get()));
  SSL_SESSION_set_max_early_data(session.get(), 1000);
  const SslHandle ssl = connection(TLS1_3_VERSION);
  SSL_set_session(ssl.get(), session.get());
  std::size_t written = 0;
  const std::string early = "GET /early HTTP/1.0\r\n\r\n";
  ASSERT_EQ(SSL_write_early_data(ssl.get(), early.data(), early.size(), &written), 1);
  ASSERT_EQ(SSL_connect(ssl.get()), 1);
  EXPECT_EQ(SSL_get_early_data_status(ssl.get()), SSL_EARLY_DATA_REJECTED);
  SSL_write(ssl.get(), kRequest.data(), static_cast<int>(kRequest.size()));
  char buffer[64] = {};
  EXPECT_GT(SSL_read(ssl.get(), buffer, sizeof buffer - 1), 0);
  EXPECT_THAT(buffer, testing::StartsWith("HTTP/1."));
}

TEST_F(Steps, NobodyRenegotiates) {
  const SslHandle ssl = connection(TLS1_2_VERSION);
  ASSERT_EQ(SSL_connect(ssl.get()), 1);
  ERR_clear_error();
  ASSERT_EQ(SSL_renegotiate(ssl.get()), 1);
  EXPECT_NE(SSL_do_handshake(ssl.get()), 1);
  EXPECT_EQ(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
}

// The name is spelt otherwise on its way: each side has read another ClientHello, which their Finished show.
TEST_F(Steps, AFinishedOfAnotherHandshakeIsRefused) {
  const SslHandle ssl = connection(TLS1_2_VERSION);
  SSL_set_options(ssl.get(), SSL_OP_NO_EXTENDED_MASTER_SECRET);  // else the keys differ too
  shake(ssl.get(), [](Bytes& sent) {
    const std::string name = kName;
    const auto at = std::search(sent.begin(), sent.end(), name.begin(), name.end());
    if (at != sent.end()) *at = 'W';
  });
  EXPECT_EQ(alert_, SSL_AD_DECRYPT_ERROR);
}

TEST_F(Steps, ARecordThatWasTouchedIsRefused) {
  for (const int version : kVersions) {
    alert_ = 0;
    int flights = 0;
    const SslHandle ssl = connection(version);
    shake(ssl.get(), [&](Bytes& sent) {
      if (!sent.empty() && ++flights == 2) sent.back() ^= 1;
    });
    EXPECT_EQ(alert_, SSL_AD_BAD_RECORD_MAC) << version;
  }
}

TEST_F(OddHandshakes, AClientThatIsSlowIsLeftAfterATimeHoweverManyBytesItSends) {
  RawTalk silent(port()), begun(port()), half(port()), slow(port());
  const Bytes hello = raw_records(raw_message(raw_hello13(kName).with({0xfafa, Bytes(2'000)})));
  begun.send({22});
  half.send(Bytes(hello.begin(), hello.begin() + 200));
  serves("clients that wait");
  EXPECT_TRUE(slow.trickle(hello));
  EXPECT_EQ(silent.next(), "closed");
  EXPECT_EQ(begun.next(), "closed");
  EXPECT_EQ(half.next(), "closed");
}

}  // namespace
}  // namespace certstead
