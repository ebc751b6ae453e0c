#include "net/tls_client.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>

#include <array>

namespace certstead {
namespace {

bool wait_for(int fd, short what, Duration limit) {
  pollfd ready{fd, what, 0};
  return ::poll(&ready, 1, static_cast<int>(limit.count())) > 0;
}

}  // namespace

TlsClient::TlsClient(std::uint16_t port, const Options& options)
    : raw_(port), context_(SSL_CTX_new(TLS_client_method())) {
  // OpenSSL writes to the socket without asking for silence when the peer has gone.
  ::signal(SIGPIPE, SIG_IGN);
  SSL_CTX_set_min_proto_version(context_.get(), options.min_version);
  SSL_CTX_set_max_proto_version(context_.get(), options.max_version);
  if (options.max_version < TLS1_2_VERSION) SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (!options.server_name.empty()) SSL_set_tlsext_host_name(ssl_.get(), options.server_name.c_str());
  std::string offered;
  for (const std::string& name : options.protocols) offered += static_cast<char>(name.size()) + name;
  if (!offered.empty()) {
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(offered.data()),
                        static_cast<unsigned>(offered.size()));
  }
  SSL_set_fd(ssl_.get(), raw_.fd());
  connected_ = SSL_connect(ssl_.get()) == 1;
  ::fcntl(raw_.fd(), F_SETFL, O_NONBLOCK);
}

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return std::string(reinterpret_cast<const char*>(name), size);
}

Bytes TlsClient::peer_certificate() const {
  const X509Handle certificate(SSL_get1_peer_certificate(ssl_.get()));
  if (!certificate) return {};
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

bool TlsClient::send(std::string_view bytes) {
  return connected_ && send_until_stuck(bytes, std::chrono::seconds{60}) == bytes.size();
}

std::size_t TlsClient::send_until_stuck(std::string_view bytes, Duration patience) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    clear_openssl_errors();
    const int size = static_cast<int>(std::min<std::size_t>(bytes.size() - sent, 16384));
    const int put = SSL_write(ssl_.get(), bytes.data() + sent, size);
    if (put > 0) {
      sent += static_cast<std::size_t>(put);
    } else if (SSL_get_error(ssl_.get(), put) != SSL_ERROR_WANT_WRITE ||
               !wait_for(raw_.fd(), POLLOUT, patience)) {
      break;
    }
  }
  return sent;
}

bool TlsClient::read_some(Duration limit) {
  std::array<char, 16384> buffer;
  while (connected_ && !ended_) {
    clear_openssl_errors();
    const int got = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (got > 0) {
      received_.append(buffer.data(), static_cast<std::size_t>(got));
      return true;
    }
    const int why = SSL_get_error(ssl_.get(), got);
    if (why == SSL_ERROR_WANT_READ) {
      if (!wait_for(raw_.fd(), POLLIN, limit)) return false;
      continue;
    }
    ended_ = true;
    proper_end_ = why == SSL_ERROR_ZERO_RETURN;
  }
  return false;
}

std::string TlsClient::read_all(Duration limit) {
  while (read_some(limit)) {
  }
  return std::exchange(received_, {});
}

std::string TlsClient::read_until(std::string_view mark, Duration limit) {
  while (true) {
    const std::size_t at = received_.find(mark);
    if (at != std::string::npos) return read_exactly(at + mark.size(), limit);
    if (!read_some(limit)) return "";
  }
}

std::string TlsClient::read_exactly(std::size_t size, Duration limit) {
  while (received_.size() < size && read_some(limit)) {
  }
  std::string out = received_.substr(0, size);
  received_.erase(0, out.size());
  return out;
}

}  // namespace certstead
