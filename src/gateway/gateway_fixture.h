// For tests: a gateway on loopback with a certificate for "a.test", in front of whatever a test puts there.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "gateway/gateway.h"
#include "log/capture_log.h"
#include "net/recording_server.h"
#include "net/test_tls.h"
#include "net/tls_client.h"

namespace certstead {

class FixedAnswers final : public ChallengeAnswers {
 public:
  Result<std::optional<std::string>> key_authorization(std::string_view token) const override {
    return token == "Token" ? std::optional<std::string>("Token.print") : std::nullopt;
  }
};

class TestGateway {
 public:
  // Listeners and certificates are filled in; everything else is the test's.
  explicit TestGateway(GatewayOptions options) {
    options.https = {{.address = "127.0.0.1"}};
    options.http = {{.address = "127.0.0.1"}};
    options.prepare_tls = [this](SSL_CTX* context) -> Status {
      if (SSL_CTX_use_certificate(context, leaf.certificate.native()) != 1 ||
          SSL_CTX_use_PrivateKey(context, leaf.key.native()) != 1) {
        return internal("the test certificate can't be used");
      }
      return Done{};
    };
    auto started = Gateway::start(std::move(options), answers, log);
    EXPECT_TRUE(started) << started.error().detail;
    gateway = std::move(*started);
  }
  // In front of `upstream`.
  static GatewayOptions to(const std::string& upstream) {
    GatewayOptions options;
    options.upstream = upstream;
    return options;
  }

  std::uint16_t https() const { return gateway->https_port(); }
  std::uint16_t http() const { return gateway->http_port(); }
  // Sends `bytes` over TLS and reads until the gateway closes.
  std::string ask(std::string_view bytes) const {
    TlsClient client(https());
    EXPECT_TRUE(client.connected());
    client.send(bytes);
    return client.read_all();
  }
  std::string get(const std::string& path, const std::string& headers = "") const {
    return ask("GET " + path + " HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n" + headers + "\r\n");
  }

  CaptureLog log;
  FixedAnswers answers;
  TestRoot root = make_test_root();
  TestLeaf leaf = make_test_leaf(root, {"a.test"});
  std::unique_ptr<Gateway> gateway;
};

// Blocks until somebody asks for the stop.
inline void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock hold(mutex);
  changed.wait(hold, stop, [] { return false; });
}

inline std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace certstead
