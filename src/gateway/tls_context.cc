#include "gateway/tls_context.h"

#include <string_view>

namespace certstead {
namespace {

constexpr const char* kSuites12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr std::string_view kHttp11 = "http/1.1";

// Chooses HTTP/1.1 if it is offered; otherwise answers as a server without ALPN, and the client may go on.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  for (unsigned int at = 0; at < offered_size; at += 1U + offered[at]) {
    if (offered[at] > offered_size - at - 1) break;
    const std::string_view name(reinterpret_cast<const char*>(offered + at + 1), offered[at]);
    if (name != kHttp11) continue;
    *out = offered + at + 1;
    *size = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

Result<std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>> make_tls_context(
    const std::function<Status(SSL_CTX*)>& prepare) {
  clear_openssl_errors();
  std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> context(SSL_CTX_new(TLS_server_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context.get(), kSuites12) != 1 ||
      SSL_CTX_set1_groups_list(context.get(), kGroups) != 1 ||
      SSL_CTX_set_num_tickets(context.get(), 1) != 1) {
    return openssl_error("making the TLS context of the gateway");
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                         SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_alpn_select_cb(context.get(), &choose_protocol, nullptr);
  if (prepare) CHECK_OK(prepare(context.get()));
  return context;
}

}  // namespace certstead
