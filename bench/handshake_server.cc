// A TLS server that shakes hands and does nothing else, for handshake_bench.py: one thread, epoll, no tickets
// unless asked for.
//
//   handshake_server cache|bare VIEW NAME TICKETS
//
// `cache` serves every name of the view; `bare` is an SSL_CTX with the two certificates of NAME and no
// call-backs: as fast as libssl goes. Prints its port.
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "replica/test_credentials.h"
#include "tlscache/test_handshake.h"
#include "tlscache/tls_cache.h"

namespace certstead {
namespace {

void use_one(SSL_CTX* context, const std::string& directory, const char* name) {
  const ViewKey key = must(ViewKey::load(directory));
  const auto reader = must(ViewReader::open(directory));
  for (const CredentialRef& ref : must(reader->find(must(DomainName::parse(name)))).credentials) {
    const StoredCredential stored = must(reader->load(ref.id));
    const SecretBytes der = must(key.open(ref.id, ref.version, stored.record.sealed_key));
    SSL_CTX_use_certificate(context, must(Certificate::from_der(stored.record.leaf)).native());
    SSL_CTX_use_PrivateKey(context, must(PrivateKey::from_der(der.reveal())).native());
    for (const Bytes& one : stored.intermediates) {
      SSL_CTX_add1_chain_cert(context, must(Certificate::from_der(one)).native());
    }
  }
}

int listen_somewhere() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 1024) != 0) std::abort();
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  std::printf("%u\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return fd;
}

void watch(int poll, int fd, void* who) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = who;
  ::epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

void accept_all(int poll, int listener, SSL_CTX* context) {
  for (;;) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    SSL* const ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    SSL_set_accept_state(ssl);
    SSL_set_read_ahead(ssl, 1);  // as the gateway does: one system call for a record instead of two
    watch(poll, fd, ssl);
  }
}

// Goes on with a connection; ends it when the client does.
void step(SSL* ssl) {
  ERR_clear_error();
  char bytes[256];
  const int got = SSL_read(ssl, bytes, sizeof bytes);
  const int reason = SSL_get_error(ssl, got);
  if (got > 0 || reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) return;
  const int fd = SSL_get_fd(ssl);
  SSL_free(ssl);
  ::close(fd);
}

[[noreturn]] void serve(SSL_CTX* context) {
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  const int listener = listen_somewhere();
  watch(poll, listener, nullptr);
  for (;;) {
    epoll_event events[64];
    const int count = ::epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < count; ++i) {
      if (events[i].data.ptr == nullptr) {
        accept_all(poll, listener, context);
      } else {
        step(static_cast<SSL*>(events[i].data.ptr));
      }
    }
  }
}

}  // namespace
}  // namespace certstead

int main(int argc, char** argv) {
  using namespace certstead;
  if (argc != 5) return 2;
  std::signal(SIGPIPE, SIG_IGN);
  const ContextHandle context = server_context();
  const int tickets = std::atoi(argv[4]);
  std::unique_ptr<TlsCache> cache;
  if (std::string_view(argv[1]) == "cache") {
    cache = must(TlsCache::open(argv[2], {.cache_bytes = std::size_t{4} << 30}));
    must_succeed(cache->attach(context.get(), {.tickets = tickets}));
  } else {
    use_one(context.get(), argv[2], argv[3]);
    SSL_CTX_set_num_tickets(context.get(), static_cast<std::size_t>(tickets));
    if (tickets == 0) SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  }
  serve(context.get());
}
