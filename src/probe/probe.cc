#include "probe/probe.h"

#include <openssl/ssl.h>

#include "base/text.h"
#include "probe/tcp.h"
#include "probe/verify.h"

namespace certstead {
namespace {

using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, Freed<SSL_free>>;

struct Offer {
  const char* algorithms;  // of signatures; null: all
  const char* suites12;    // of TLS 1.2, where they name the kind of key as well
};

Offer offer(ProbeKey key) {
  switch (key) {
    case ProbeKey::kAny:
      return {nullptr, nullptr};
    case ProbeKey::kEcdsa:
      return {"ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512", "aECDSA"};
    case ProbeKey::kRsa:
      return {"rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:RSA+SHA256:RSA+SHA384:RSA+SHA512",
              "aRSA"};
  }
  return {nullptr, nullptr};
}

// `host` without brackets. kInvalid if it can be none.
Result<std::string> bare_host(const std::string& host) {
  std::string bare = host;
  if (bare.size() > 2 && bare.front() == '[' && bare.back() == ']') bare = bare.substr(1, bare.size() - 2);
  if (bare.empty() || bare.find('\0') != std::string::npos || bare.find('[') != std::string::npos) {
    return invalid("'" + printable(host) + "' is neither a host name nor an address", "probe-host");
  }
  return bare;
}

Result<std::vector<Certificate>> read_roots(const ProbeRequest& request) {
  if (!request.trusted_roots) return std::vector<Certificate>{};
  TRY(std::vector<Certificate> roots, Certificate::all_from_pem(*request.trusted_roots));
  if (roots.empty()) return invalid("the trusted roots hold no certificate in PEM form", "probe-roots");
  return roots;
}

Result<Ssl> make_client(SSL_CTX* context, const ProbeRequest& request) {
  clear_openssl_errors();
  Ssl ssl(SSL_new(context));
  if (ssl == nullptr) return openssl_error("making a TLS client");
  const Offer wanted = offer(request.key);
  bool ok = SSL_set_min_proto_version(ssl.get(), TLS1_2_VERSION) == 1;
  if (wanted.algorithms != nullptr) ok = ok && SSL_set1_sigalgs_list(ssl.get(), wanted.algorithms) == 1;
  if (wanted.suites12 != nullptr) ok = ok && SSL_set_cipher_list(ssl.get(), wanted.suites12) == 1;
  if (!request.server_name.empty() && !is_address(request.server_name)) {
    ok = ok && SSL_set_tlsext_host_name(ssl.get(), request.server_name.c_str()) == 1;
  }
  if (!ok) return openssl_error("preparing the client hello", Code::kInvalid);
  // The chain is wanted whatever it is; it is judged afterwards.
  SSL_set_verify(ssl.get(), SSL_VERIFY_NONE, nullptr);
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(ssl.get());
  return ssl;
}

// Sends what OpenSSL has written.
Status flush(SSL* ssl, TcpConnection& connection, Deadline deadline) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(ssl), &data);
  if (size <= 0) return Done{};
  const BytesView bytes(reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size));
  CHECK_OK(connection.send_all(bytes, deadline));
  (void)BIO_reset(SSL_get_wbio(ssl));
  return Done{};
}

Error refused(const TcpConnection& connection, std::string_view why) {
  return unavailable("no TLS handshake with " + connection.address() + ": " + std::string(why),
                     "probe-handshake");
}

// The talk in clear before TLS.
Status ask_for_tls(StartTls protocol, TcpConnection& connection, Deadline deadline) {
  StartTlsTalk talk(protocol);
  std::uint8_t buffer[2048];
  for (;;) {
    const std::string words = talk.take_to_send();
    if (!words.empty()) CHECK_OK(connection.send_all(view_bytes(words), deadline));
    if (talk.done()) return Done{};
    TRY(const std::size_t received, connection.receive(buffer, deadline));
    if (received == 0) {
      return unavailable(connection.address() +
                             " closed the connection before it agreed to TLS; does it speak " +
                             std::string(starttls_name(protocol)) + " here?",
                         "probe-starttls");
    }
    const Status taken = talk.feed({buffer, received});
    if (!taken) return taken.error().within(connection.address());
  }
}

Status shake_hands(SSL* ssl, TcpConnection& connection, Deadline deadline) {
  std::uint8_t buffer[16384];
  for (;;) {
    clear_openssl_errors();
    const int answer = SSL_do_handshake(ssl);
    const int reason = SSL_get_error(ssl, answer);
    if (answer != 1 && reason != SSL_ERROR_WANT_READ) {
      const Error failure = openssl_error("the handshake");
      static_cast<void>(flush(ssl, connection, deadline));
      return refused(connection, failure.detail);
    }
    CHECK_OK(flush(ssl, connection, deadline));
    if (answer == 1) return Done{};
    TRY(const std::size_t received, connection.receive(buffer, deadline));
    if (received == 0)
      return refused(connection, "the server closed the connection; does it speak TLS here?");
    BIO_write(SSL_get_rbio(ssl), buffer, static_cast<int>(received));
  }
}

Result<std::vector<Certificate>> served_chain(const SSL* ssl) {
  std::vector<Certificate> out;
  const STACK_OF(X509)* served = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; i < sk_X509_num(served); ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(sk_X509_value(served, i), &der);
    if (size <= 0) return openssl_error("copying the served chain");
    const Bytes copy(der, der + size);
    OPENSSL_free(der);
    TRY(Certificate certificate, Certificate::from_der(copy));
    out.push_back(std::move(certificate));
  }
  if (out.empty()) return unavailable("the server proved itself without a certificate", "probe-handshake");
  return out;
}

ProbeReport report(const SSL* ssl, const std::string& address, const std::vector<Certificate>& chain) {
  ProbeReport out{.address = address,
                  .protocol = SSL_get_version(ssl),
                  .chain = {},
                  .leaf = chain.front(),
                  .key_type = chain.front().public_key().type(),
                  .problem = {}};
  for (const Certificate& certificate : chain) out.chain.push_back(certificate.der());
  return out;
}

void judge(ProbeReport& out, const ProbeRequest& request, const std::vector<Certificate>& chain,
           const std::vector<Certificate>& roots) {
  out.names_server = names(out.leaf, request.server_name);
  out.problem = request.trusted_roots
                    ? problem_of(chain, roots, request.server_name, request.at.value_or(SystemClock().now()))
                    : "no trusted roots were given, so the chain was not checked";
  out.verified = out.problem.empty();
}

}  // namespace

Result<ProbeReport> probe(const ProbeRequest& request) {
  TRY(const std::string host, bare_host(request.host));
  TRY(const std::vector<Certificate> roots, read_roots(request));
  const Context context(SSL_CTX_new(TLS_client_method()));
  TRY(const Ssl ssl, make_client(context.get(), request));
  TRY(TcpConnection connection, TcpConnection::open(host, request.port, request.deadline));
  CHECK_OK(ask_for_tls(request.starttls, connection, request.deadline));
  CHECK_OK(shake_hands(ssl.get(), connection, request.deadline));
  TRY(const std::vector<Certificate> chain, served_chain(ssl.get()));
  ProbeReport out = report(ssl.get(), connection.address(), chain);
  judge(out, request, chain, roots);
  // A polite end; what becomes of it changes nothing.
  SSL_shutdown(ssl.get());
  static_cast<void>(flush(ssl.get(), connection, request.deadline));
  clear_openssl_errors();
  return out;
}

}  // namespace certstead
