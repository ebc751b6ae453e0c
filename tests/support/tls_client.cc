#include "support/tls_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <ctime>

#include "base/file.h"

namespace certstead {
namespace {

// The talk in clear before TLS. `heard` is the last line, to name it in a failure.
class Dialogue {
 public:
  explicit Dialogue(int fd) : fd_(fd) {}
  const std::string& heard() const { return heard_; }

  bool open(Opening opening) {
    switch (opening) {
      case Opening::kTls:
        return true;
      case Opening::kSmtp:
        return hear_smtp("220") && say("EHLO client.test\r\n") && hear_smtp("250") && say("STARTTLS\r\n") &&
               hear_smtp("220");
      case Opening::kImap:
        return hear().starts_with("* OK") && say("a STARTTLS\r\n") && hear_imap("a OK");
    }
    return false;
  }
  // One line, byte by byte: what follows may be TLS.
  const std::string& hear() {
    heard_.clear();
    char c = 0;
    while (::read(fd_, &c, 1) == 1 && c != '\n') heard_ += c;
    return heard_;
  }

 private:
  bool say(const std::string& line) {
    return ::send(fd_, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size());
  }
  // The last line of an SMTP answer begins with `code` and a blank.
  bool hear_smtp(const std::string& code) {
    while (hear().starts_with(code + "-")) continue;
    return heard_.starts_with(code + " ");
  }
  // Dovecot says a second "* OK" when its authentication was not ready at the first.
  bool hear_imap(const std::string& answer) {
    while (hear().starts_with("* ")) continue;
    return heard_.starts_with(answer);
  }

  int fd_;
  std::string heard_;
};

void look_at_leaf(SSL* ssl, Served& out) {
  const X509Handle leaf(SSL_get1_peer_certificate(ssl));
  if (leaf == nullptr) return;
  unsigned char* der = nullptr;
  const int size = i2d_X509(leaf.get(), &der);
  out.fingerprint = Certificate::from_der(BytesView(der, static_cast<std::size_t>(size)))->fingerprint();
  OPENSSL_free(der);
  out.key = EVP_PKEY_get_base_id(X509_get0_pubkey(leaf.get()));
  std::tm begins{};
  ASN1_TIME_to_tm(X509_get0_notBefore(leaf.get()), &begins);
  out.begins = ::timegm(&begins);
}

std::string exchange(SSL* ssl, const std::string& request) {
  SSL_write(ssl, request.data(), static_cast<int>(request.size()));
  std::string answer;
  char buffer[4096];
  for (int got = 1; got > 0;) {
    got = SSL_read(ssl, buffer, sizeof buffer);
    if (got > 0) answer.append(buffer, static_cast<std::size_t>(got));
  }
  return answer;
}

int keep_session(SSL* ssl, SSL_SESSION* session) {
  static_cast<Served*>(SSL_get_app_data(ssl))->session.reset(session);
  return 1;
}

}  // namespace

// Without SO_RCVTIMEO: with it a read can end with EINTR (signal(7)), was seen to when a child died, and is
// taken for a lost connection. A server that hangs is ended by ctest.
Fd connect_to(std::uint16_t port) {
  Fd out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(out.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return Fd();
  return out;
}

Fd hold_connection(std::uint16_t port) {
  Fd out = connect_to(port);
  // It is served once it is spoken to.
  Dialogue(out.get()).hear();
  return out;
}

Served TlsClient::ask(const Target& target, const Ask& wanted) const {
  Served out;
  const Fd socket = connect_to(target.port);
  if (!socket.valid()) {
    out.why = std::string("no connection: ") + std::strerror(errno);
    return out;
  }
  if (Dialogue dialogue(socket.get()); !dialogue.open(target.opening)) {
    out.why = "no STARTTLS after \"" + dialogue.heard() + "\"";
    return out;
  }
  ERR_clear_error();
  const SslHandle ssl(SSL_new(context_.get()));
  SSL_set_fd(ssl.get(), socket.get());
  SSL_set_app_data(ssl.get(), &out);
  SSL_CTX_sess_set_new_cb(context_.get(), keep_session);
  wish(ssl.get(), {.server_name = wanted.name,
                   .version = wanted.version,
                   .signature_algorithms = wanted.algorithms,
                   .resume = wanted.resume});
  if (!wanted.tickets) SSL_set_options(ssl.get(), SSL_OP_NO_TICKET);
  if (wanted.status) SSL_set_tlsext_status_type(ssl.get(), TLSEXT_STATUSTYPE_ocsp);
  out.ok = SSL_connect(ssl.get()) == 1;
  if (!out.ok) {
    const unsigned long code = ERR_peek_error();
    out.why = std::string(X509_verify_cert_error_string(SSL_get_verify_result(ssl.get()))) + ", " +
              (code == 0 ? std::strerror(errno) : ERR_reason_error_string(code));
    return out;
  }
  out.resumed = SSL_session_reused(ssl.get()) == 1;
  look_at_leaf(ssl.get(), out);
  const unsigned char* staple = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(ssl.get(), &staple);
  if (size > 0) out.staple.assign(staple, staple + size);
  if (!wanted.request.empty()) out.answer = exchange(ssl.get(), wanted.request);
  SSL_shutdown(ssl.get());
  return out;
}

}  // namespace certstead
