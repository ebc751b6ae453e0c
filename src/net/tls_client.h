// For tests: bytes over TLS to 127.0.0.1, with nothing in between that would mend them.
#pragma once

#include <openssl/ssl.h>

#include "crypto/certificate.h"
#include "net/raw_client.h"

namespace certstead {

class TlsClient {
 public:
  struct Options {
    std::string server_name = "a.test";
    int min_version = TLS1_2_VERSION, max_version = TLS1_3_VERSION;
    std::vector<std::string> protocols = {};  // offered by ALPN
  };
  TlsClient(std::uint16_t port, const Options& options);
  explicit TlsClient(std::uint16_t port) : TlsClient(port, Options()) {}

  bool connected() const { return connected_; }
  // The version spoken, e.g. TLS1_3_VERSION.
  int version() const { return SSL_version(ssl_.get()); }
  std::string protocol() const;  // chosen by ALPN, or ""
  Bytes peer_certificate() const;

  // False once the peer has closed.
  bool send(std::string_view bytes);
  // Sends what goes without waiting for `patience` or longer; how much that was.
  std::size_t send_until_stuck(std::string_view bytes, Duration patience);
  // Everything until the peer closes, or until `limit` passes without a byte.
  std::string read_all(Duration limit = std::chrono::seconds{20});
  // Until what has been read contains `mark`; "" if the peer closes before, or `limit` passes.
  std::string read_until(std::string_view mark, Duration limit = std::chrono::seconds{20});
  // Exactly `size` bytes, or fewer if the peer closes before.
  std::string read_exactly(std::size_t size, Duration limit = std::chrono::seconds{60});
  // Whether the end came with a goodbye of TLS.
  bool ended_properly() const { return proper_end_; }
  SSL* native() const { return ssl_.get(); }

 private:
  bool read_some(Duration limit);
  RawClient raw_;
  std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, Freed<SSL_free>> ssl_;
  bool connected_ = false, ended_ = false, proper_end_ = false;
  std::string received_;
};

}  // namespace certstead
