// A TLS client over a real socket, also behind STARTTLS, that says what it was served.
#pragma once

#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "base/file.h"
#include "crypto/certificate.h"
#include "tlscache/test_handshake.h"

namespace certstead {

enum class Opening { kTls, kSmtp, kImap };  // what is spoken before the handshake

struct Target {
  std::uint16_t port = 0;
  Opening opening = Opening::kTls;
};

// What a client got.
struct Served {
  bool ok = false;
  std::string why;  // if not
  int key = EVP_PKEY_NONE;
  std::string fingerprint;
  std::int64_t begins = 0;  // not before, seconds since 1970
  bool resumed = false;
  SessionHandle session;
  std::string answer;  // to `request`
  Bytes staple;        // OCSP response, if `status` was asked for
};

struct Ask {
  std::string name;
  int version = 0;
  std::string algorithms = {};
  std::string request = {};  // sent after the handshake; the answer is read to its end
  SSL_SESSION* resume = nullptr;
  bool tickets = true;  // false: sessions of TLS 1.2 resume by id
  bool status = false;
};

// To a port of 127.0.0.1; invalid if nothing listens there.
Fd connect_to(std::uint16_t port);

// A connection that was greeted and goes no further, and so keeps the process that serves it.
Fd hold_connection(std::uint16_t port);

constexpr const char* kEcdsaClient = "ECDSA+SHA256:ECDSA+SHA384";
constexpr const char* kRsaClient = "rsa_pss_rsae_sha256:RSA+SHA256";

// Trusts `roots` alone; chain and name are verified.
class TlsClient {
 public:
  explicit TlsClient(const std::vector<Certificate>& roots) : context_(client_context(roots)) {}
  // Does not verify what it is served.
  TlsClient() : context_(client_context({})) { SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr); }
  Served ask(const Target& target, const Ask& wanted) const;

 private:
  ContextHandle context_;
};

}  // namespace certstead
