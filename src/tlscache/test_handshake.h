// Handshakes in memory between an OpenSSL client and a server context, for tests and benchmarks.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "crypto/certificate.h"

namespace certstead {

using ContextHandle = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using SslHandle = std::unique_ptr<SSL, Freed<SSL_free>>;
using SessionHandle = std::unique_ptr<SSL_SESSION, Freed<SSL_SESSION_free>>;

inline ContextHandle server_context() { return ContextHandle(SSL_CTX_new(TLS_server_method())); }

// A client context that trusts `roots` alone.
inline ContextHandle client_context(const std::vector<Certificate>& roots) {
  ContextHandle context(SSL_CTX_new(TLS_client_method()));
  for (const Certificate& root : roots) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.native());
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT);
  return context;
}

struct ClientWish {
  std::string server_name = {};  // "": no SNI
  int version = 0;               // TLS1_2_VERSION, ...; 0: any
  std::string signature_algorithms = {}, groups = {}, suites12 = {};
  SSL_SESSION* resume = nullptr;
  bool check_name = true;
};

// What came of a handshake. `client` and `server` live on.
struct Shaken {
  SslHandle client, server;
  bool ok = false;
  int alert = 0;  // that the client received
  std::string leaf_fingerprint;
  int key = EVP_PKEY_NONE;  // EVP_PKEY_EC, EVP_PKEY_RSA
  bool resumed = false;
  SessionHandle session;
  std::string verify_error;
};

inline void wish(SSL* client, const ClientWish& wanted) {
  if (!wanted.server_name.empty()) {
    SSL_set_tlsext_host_name(client, wanted.server_name.c_str());
    if (wanted.check_name) SSL_set1_host(client, wanted.server_name.c_str());
  }
  if (wanted.version != 0) {
    SSL_set_min_proto_version(client, wanted.version);
    SSL_set_max_proto_version(client, wanted.version);
  }
  if (!wanted.signature_algorithms.empty())
    SSL_set1_sigalgs_list(client, wanted.signature_algorithms.c_str());
  if (!wanted.groups.empty()) SSL_set1_groups_list(client, wanted.groups.c_str());
  if (!wanted.suites12.empty()) SSL_set_cipher_list(client, wanted.suites12.c_str());
  if (wanted.resume != nullptr) SSL_set_session(client, wanted.resume);
}

// One step of one side; true once it is done. Clears `going` on failure.
inline bool shake_once(SSL* side, bool& going) {
  ERR_clear_error();
  const int answer = SSL_do_handshake(side);
  if (answer == 1) return true;
  const int reason = SSL_get_error(side, answer);
  if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE) going = false;
  return false;
}

inline void look_at_peer(Shaken& out) {
  const X509Handle leaf(SSL_get1_peer_certificate(out.client.get()));
  if (leaf == nullptr) return;
  unsigned char* der = nullptr;
  const int size = i2d_X509(leaf.get(), &der);
  out.leaf_fingerprint = Certificate::from_der(BytesView(der, static_cast<std::size_t>(size)))->fingerprint();
  OPENSSL_free(der);
  out.key = EVP_PKEY_get_base_id(X509_get0_pubkey(leaf.get()));
}

// `prepare` may set things on the server's side before it begins.
template <class F>
Shaken shake_hands(SSL_CTX* client_context, SSL_CTX* server_context, const ClientWish& wanted, F prepare) {
  Shaken out;
  out.client.reset(SSL_new(client_context));
  out.server.reset(SSL_new(server_context));
  BIO *client_end = nullptr, *server_end = nullptr;
  if (BIO_new_bio_pair(&client_end, 1U << 17, &server_end, 1U << 17) != 1) std::abort();
  SSL_set_bio(out.client.get(), client_end, client_end);
  SSL_set_bio(out.server.get(), server_end, server_end);
  SSL_set_connect_state(out.client.get());
  SSL_set_accept_state(out.server.get());
  wish(out.client.get(), wanted);
  SSL_set_app_data(out.client.get(), &out.alert);
  SSL_set_info_callback(out.client.get(), [](const SSL* ssl, int where, int value) {
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
      *static_cast<int*>(SSL_get_app_data(ssl)) = value & 0xff;
  });
  prepare(out.server.get());
  bool client_done = false, server_done = false, client_going = true, server_going = true;
  for (int turn = 0; turn < 20 && !(client_done && server_done) && client_going; ++turn) {
    if (!client_done) client_done = shake_once(out.client.get(), client_going);
    if (!server_done && server_going) server_done = shake_once(out.server.get(), server_going);
  }
  out.ok = client_done && server_done;
  out.verify_error = X509_verify_cert_error_string(SSL_get_verify_result(out.client.get()));
  SSL_set_info_callback(out.client.get(), nullptr);
  if (!out.ok) return out;
  // Session tickets of TLS 1.3 come behind the handshake.
  char byte = 0;
  SSL_read(out.client.get(), &byte, 1);
  out.resumed = SSL_session_reused(out.client.get()) == 1;
  out.session.reset(SSL_get1_session(out.client.get()));
  look_at_peer(out);
  ERR_clear_error();
  return out;
}
inline Shaken shake_hands(SSL_CTX* client_context, SSL_CTX* server_context, const ClientWish& wanted) {
  return shake_hands(client_context, server_context, wanted, [](SSL*) {});
}

}  // namespace certstead
