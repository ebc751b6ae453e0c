#include "probe/probe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <thread>

#include "base/file.h"
#include "crypto/issue.h"

namespace certstead {
namespace {

using namespace std::chrono_literals;

const Instant kNow = from_unix_seconds(1'800'000'000);

struct Pair {
  PrivateKey key;
  Certificate certificate;
};

Pair issue(CertificateTemplate content, KeyType type, const std::optional<Pair>& issuer) {
  const PrivateKey key = *PrivateKey::generate(type);
  content.public_key = key.public_key();
  if (content.not_after == Instant{}) {
    const Duration span = content.is_ca ? Duration{1000h} : Duration{24h};
    content.not_before = kNow - span;
    content.not_after = kNow + span;
  }
  const auto above = issuer ? std::optional(issuer->certificate) : std::nullopt;
  return {key, *issue_certificate(content, issuer ? issuer->key : key, above)};
}

CertificateTemplate ca(const std::string& name) {
  return {.common_name = name,
          .public_key = PublicKey(nullptr),
          .not_before = {},
          .not_after = {},
          .is_ca = true};
}
CertificateTemplate server(const std::vector<std::string>& names) {
  return {.common_name = "",
          .dns_names = names,
          .public_key = PublicKey(nullptr),
          .not_before = {},
          .not_after = {},
          .server_auth = true};
}

// Listens on a free port of loopback and hands each connection to `serve`, until it is destroyed.
class Listener {
 public:
  Listener(int family, std::function<void(int)> serve) : fd_(::socket(family, SOCK_STREAM, 0)) {
    sockaddr_storage address{};
    socklen_t size = 0;
    if (family == AF_INET) {
      auto& v4 = reinterpret_cast<sockaddr_in&>(address);
      v4.sin_family = AF_INET;
      v4.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
      size = sizeof v4;
    } else {
      auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
      v6.sin6_family = AF_INET6;
      v6.sin6_addr = in6addr_loopback;
      size = sizeof v6;
    }
    usable_ =
        ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(fd_.get(), 8) == 0;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ::ntohs(family == AF_INET ? reinterpret_cast<sockaddr_in&>(address).sin_port
                                      : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
    thread_ = std::thread([this, serve = std::move(serve)] { run(serve); });
  }
  ~Listener() {
    stop_ = true;
    thread_.join();
  }
  bool usable() const { return usable_; }
  std::uint16_t port() const { return port_; }

 private:
  void run(const std::function<void(int)>& serve) {
    while (!stop_) {
      pollfd wanted{fd_.get(), POLLIN, 0};
      if (::poll(&wanted, 1, 20) != 1) continue;
      const Fd peer(::accept(fd_.get(), nullptr, nullptr));
      if (peer.valid()) serve(peer.get());
    }
  }
  Fd fd_;
  bool usable_ = false;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;

// A TLS server with an ECDSA and an RSA certificate below a root and one intermediate.
class Probe : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    // The server's side writes session tickets to clients that have gone.
    ::signal(SIGPIPE, SIG_IGN);
    root_ = new Pair(issue(ca("Test Root"), KeyType::kP256, {}));
    middle_ = new Pair(issue(ca("Test Intermediate"), KeyType::kP256, *root_));
    ec_ = new Pair(issue(server({"www.example.test", "*.wild.test"}), KeyType::kP256, *middle_));
    rsa_ = new Pair(issue(server({"www.example.test"}), KeyType::kRsa2048, *middle_));
  }
  static void TearDownTestSuite() {
    for (Pair** pair : {&root_, &middle_, &ec_, &rsa_}) {
      delete *pair;
      *pair = nullptr;
    }
  }

  static Context context_with(const std::vector<const Pair*>& leaves, bool with_intermediate = true) {
    Context context(SSL_CTX_new(TLS_server_method()));
    for (const Pair* leaf : leaves) {
      SSL_CTX_use_certificate(context.get(), leaf->certificate.native());
      SSL_CTX_use_PrivateKey(context.get(), leaf->key.native());
      if (with_intermediate) SSL_CTX_add1_chain_cert(context.get(), middle_->certificate.native());
    }
    return context;
  }
  static void serve_tls(SSL_CTX* context, int fd, std::string* seen_name = nullptr) {
    const std::unique_ptr<SSL, Freed<SSL_free>> ssl(SSL_new(context));
    SSL_set_fd(ssl.get(), fd);
    if (SSL_accept(ssl.get()) != 1) return;
    const char* const name = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
    if (seen_name != nullptr) *seen_name = name == nullptr ? "(none)" : name;
    char byte = 0;
    SSL_read(ssl.get(), &byte, 1);
  }
  static std::function<void(int)> tls(const Context& context) {
    return [native = context.get()](int fd) { serve_tls(native, fd); };
  }
  static ProbeRequest request(const Listener& listener, const std::string& name = "www.example.test") {
    return {.host = "127.0.0.1",
            .port = listener.port(),
            .server_name = name,
            .trusted_roots = root_->certificate.to_pem(),
            .deadline = Deadline::after(30s),
            .at = kNow};
  }

  static Pair *root_, *middle_, *ec_, *rsa_;
};
Pair* Probe::root_ = nullptr;
Pair* Probe::middle_ = nullptr;
Pair* Probe::ec_ = nullptr;
Pair* Probe::rsa_ = nullptr;

TEST_F(Probe, ReportsTheServedChainAsItIs) {
  const Context context = context_with({ec_});
  const Listener listener(AF_INET, tls(context));
  const Result<ProbeReport> report = probe(request(listener));
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->chain, (std::vector<Bytes>{ec_->certificate.der(), middle_->certificate.der()}));
  EXPECT_EQ(report->leaf.serial(), ec_->certificate.serial());
  EXPECT_EQ(report->key_type, KeyType::kP256);
  EXPECT_EQ(report->protocol, "TLSv1.3");
  EXPECT_EQ(report->address, "127.0.0.1:" + std::to_string(listener.port()));
  EXPECT_TRUE(report->verified) << report->problem;
  EXPECT_EQ(report->problem, "");
}

TEST_F(Probe, AsksForTheKindOfKeyInBothVersions) {
  const Context context = context_with({ec_, rsa_});
  const Listener listener(AF_INET, tls(context));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_max_proto_version(context.get(), version);
    ProbeRequest wanted = request(listener);
    wanted.key = ProbeKey::kEcdsa;
    EXPECT_EQ(probe(wanted)->key_type, KeyType::kP256);
    wanted.key = ProbeKey::kRsa;
    const ProbeReport rsa = *probe(wanted);
    EXPECT_EQ(rsa.key_type, KeyType::kRsa2048);
    EXPECT_EQ(rsa.protocol, version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
  }
}

TEST_F(Probe, ServerWithoutThatKindOfKeyRefuses) {
  const Context context = context_with({ec_});
  const Listener listener(AF_INET, tls(context));
  ProbeRequest wanted = request(listener);
  wanted.key = ProbeKey::kRsa;
  const Result<ProbeReport> report = probe(wanted);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().id, "probe-handshake");
}

TEST_F(Probe, SendsTheNameUnlessItIsAnAddress) {
  const Context context = context_with({ec_});
  std::string seen;
  {
    const Listener listener(AF_INET, [&](int fd) { serve_tls(context.get(), fd, &seen); });
    ASSERT_TRUE(probe(request(listener)));
  }
  EXPECT_EQ(seen, "www.example.test");
  for (const char* name : {"", "192.0.2.1"}) {
    {
      const Listener listener(AF_INET, [&](int fd) { serve_tls(context.get(), fd, &seen); });
      ASSERT_TRUE(probe(request(listener, name)));
    }
    EXPECT_EQ(seen, "(none)") << name;
  }
}

TEST_F(Probe, WrongNameIsReportedWithTheNamesThatAreThere) {
  const Context context = context_with({ec_});
  const Listener listener(AF_INET, tls(context));
  const ProbeReport report = *probe(request(listener, "other.example.test"));
  EXPECT_FALSE(report.verified);
  EXPECT_FALSE(report.names_server);
  EXPECT_EQ(report.problem, "the certificate names www.example.test, *.wild.test, not other.example.test");
}

TEST_F(Probe, WildcardNamesOneLabel) {
  const Context context = context_with({ec_});
  const Listener listener(AF_INET, tls(context));
  EXPECT_TRUE(probe(request(listener, "a.wild.test"))->verified);
  EXPECT_FALSE(probe(request(listener, "a.b.wild.test"))->verified);
}

TEST_F(Probe, MissingIntermediateIsReported) {
  const Context context = context_with({ec_}, false);
  const Listener listener(AF_INET, tls(context));
  const ProbeReport report = *probe(request(listener));
  EXPECT_FALSE(report.verified);
  EXPECT_TRUE(report.names_server);
  EXPECT_EQ(report.chain.size(), 1U);
  EXPECT_NE(report.problem.find("not trusted"), std::string::npos) << report.problem;
}

TEST_F(Probe, AnotherRootIsNotTrusted) {
  const Context context = context_with({ec_});
  const Listener listener(AF_INET, tls(context));
  ProbeRequest wanted = request(listener);
  wanted.trusted_roots = issue(ca("Other Root"), KeyType::kP256, {}).certificate.to_pem();
  EXPECT_FALSE(probe(wanted)->verified);
}

TEST_F(Probe, DatesAreCheckedForTheMomentAskedFor) {
  const Context context = context_with({ec_});
  const Listener listener(AF_INET, tls(context));
  ProbeRequest wanted = request(listener);
  wanted.at = kNow + 25h;
  EXPECT_NE(probe(wanted)->problem.find("expired at"), std::string::npos) << probe(wanted)->problem;
  wanted.at = kNow - 25h;
  EXPECT_NE(probe(wanted)->problem.find("not valid before"), std::string::npos);
}

TEST_F(Probe, CertificateForClientsOnlyIsNotTrusted) {
  CertificateTemplate content = server({"www.example.test"});
  content.server_auth = false;
  content.client_auth = true;
  const Pair client = issue(content, KeyType::kP256, *middle_);
  const Context context = context_with({&client});
  const Listener listener(AF_INET, tls(context));
  EXPECT_FALSE(probe(request(listener))->verified);
}

TEST_F(Probe, WithoutRootsNothingIsVerifiedAndThatIsSaid) {
  const Context context = context_with({ec_});
  const Listener listener(AF_INET, tls(context));
  ProbeRequest wanted = request(listener);
  wanted.trusted_roots.reset();
  const ProbeReport report = *probe(wanted);
  EXPECT_FALSE(report.verified);
  EXPECT_TRUE(report.names_server);
  EXPECT_NE(report.problem.find("not checked"), std::string::npos);
}

TEST_F(Probe, Ipv6IsReachedWithAndWithoutBrackets) {
  const Context context = context_with({ec_});
  const Listener listener(AF_INET6, tls(context));
  if (!listener.usable()) GTEST_SKIP() << "no IPv6 on loopback here";
  for (const char* host : {"::1", "[::1]"}) {
    ProbeRequest wanted = request(listener);
    wanted.host = host;
    const Result<ProbeReport> report = probe(wanted);
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->address, "[::1]:" + std::to_string(listener.port()));
  }
}

TEST_F(Probe, SilentServerEndsAtTheDeadline) {
  std::atomic<bool> done{false};
  {
    const Listener listener(AF_INET, [&](int) {
      while (!done) std::this_thread::yield();
    });
    ProbeRequest wanted = request(listener);
    wanted.deadline = Deadline::after(200ms);
    EXPECT_EQ(probe(wanted).error().id, "probe-timeout");
    done = true;
  }
}

TEST_F(Probe, ServerThatClosesOrTalksPlainTextIsNoTls) {
  const Listener closing(AF_INET, [](int) {});
  EXPECT_EQ(probe(request(closing)).error().id, "probe-handshake");
  const Listener plain(AF_INET, [](int fd) {
    const std::string_view banner = "220 mail.example.test ESMTP\r\n";
    static_cast<void>(::send(fd, banner.data(), banner.size(), MSG_NOSIGNAL));
    char byte = 0;
    while (::recv(fd, &byte, 1, 0) > 0) continue;
  });
  EXPECT_EQ(probe(request(plain)).error().id, "probe-handshake");
}

// Plays the server's part of a talk in clear: says its greeting, then one reply for each line (or message) it
// gets.
struct Script {
  StartTls protocol;
  std::string greeting;
  std::vector<std::string> replies;
};

TEST_F(Probe, EachProtocolInClearLeadsToTheHandshake) {
  const Context context = context_with({ec_});
  const std::string ldap_yes("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00", 14);
  const std::vector<Script> scripts = {
      {StartTls::kSmtp, "220 mail\r\n", {"250-mail\r\n250 STARTTLS\r\n", "220 go\r\n"}},
      {StartTls::kImap, "* OK ready\r\n", {"a OK go\r\n"}},
      {StartTls::kPop3, "+OK ready\r\n", {"+OK go\r\n"}},
      {StartTls::kFtp, "220 ready\r\n", {"234 go\r\n"}},
      {StartTls::kLdap, "", {ldap_yes}},
      {StartTls::kPostgres, "", {"S"}}};
  for (const Script& script : scripts) {
    const Listener listener(AF_INET, [&](int fd) {
      static_cast<void>(::send(fd, script.greeting.data(), script.greeting.size(), MSG_NOSIGNAL));
      for (const std::string& reply : script.replies) {
        char message[512];
        if (::recv(fd, message, sizeof message, 0) <= 0) return;
        static_cast<void>(::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL));
      }
      serve_tls(context.get(), fd);
    });
    ProbeRequest wanted = request(listener);
    wanted.starttls = script.protocol;
    const Result<ProbeReport> report = probe(wanted);
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_TRUE(report->verified) << starttls_name(script.protocol) << ": " << report->problem;
  }
}

TEST_F(Probe, AServerThatSendsMoreInClearAfterItsConsentIsNotSpokenTo) {
  const Context context = context_with({ec_});
  const Listener listener(AF_INET, [&](int fd) {
    const std::string_view greeting = "+OK ready\r\n";
    static_cast<void>(::send(fd, greeting.data(), greeting.size(), MSG_NOSIGNAL));
    char message[512];
    if (::recv(fd, message, sizeof message, 0) <= 0) return;
    const std::string_view reply = "+OK go\r\n+OK injected\r\n";
    static_cast<void>(::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL));
    serve_tls(context.get(), fd);
  });
  ProbeRequest wanted = request(listener);
  wanted.starttls = StartTls::kPop3;
  EXPECT_EQ(probe(wanted).error().id, "probe-starttls");
}

TEST_F(Probe, ClosedPortIsUnavailable) {
  std::uint16_t port = 0;
  {
    port = Listener(AF_INET, [](int) {}).port();
  }
  ProbeRequest wanted{.host = "127.0.0.1", .port = port};
  EXPECT_EQ(probe(wanted).error().id, "probe-connect");
}

TEST_F(Probe, WrongInputIsSaidBeforeAnythingIsSent) {
  EXPECT_EQ(probe({.host = ""}).error().code, Code::kInvalid);
  EXPECT_EQ(probe({.host = "[::1"}).error().code, Code::kInvalid);
  EXPECT_EQ(probe({.host = "127.0.0.1", .trusted_roots = "no PEM"}).error().code, Code::kInvalid);
}

}  // namespace
}  // namespace certstead
