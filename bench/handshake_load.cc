// Full handshakes with random names h0 to hN-1, for handshake_bench.py.
//
//   handshake_load PORT SECONDS THREADS NAMES SIGALGS
//
// With 0 seconds each name once, in turn, so that everything was used before it is measured. Prints:
// handshakes, failures, wrong certificates. Every certificate is compared with the name asked for.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <random>
#include <thread>

#include "tlscache/test_handshake.h"

namespace certstead {
namespace {

struct Setting {
  std::uint16_t port;
  double seconds;
  int threads, names;
  const char* algorithms;
};
struct Tally {
  std::atomic<std::uint64_t> done{0}, failed{0}, wrong{0};
};

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

// Ends the connection as clients do, and waits for the server to end it as well: one that hears of a reset
// first (HAProxy) would leave out the end of its handshake, session tickets among it.
void part(SSL* ssl, int fd) {
  SSL_shutdown(ssl);
  const timeval patience{5, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  char bytes[4096];
  while (::read(fd, bytes, sizeof bytes) > 0) {
  }
}

void shake(SSL_CTX* context, const Setting& setting, int at, Tally& tally) {
  const std::string name = "h" + std::to_string(at) + ".example.test";
  const int fd = connect_to(setting.port);
  const SslHandle ssl(SSL_new(context));
  SSL_set_fd(ssl.get(), fd);
  SSL_set_tlsext_host_name(ssl.get(), name.c_str());
  if (fd < 0 || SSL_connect(ssl.get()) != 1) {
    ++tally.failed;
    ERR_clear_error();
  } else {
    ++tally.done;
    const X509* const leaf = SSL_get0_peer_certificate(ssl.get());
    if (X509_check_host(const_cast<X509*>(leaf), name.c_str(), 0, 0, nullptr) != 1) ++tally.wrong;
    part(ssl.get(), fd);
  }
  // No time-wait: thousands of connections a second would use up the ports.
  const linger now{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(fd);
}

void load(const Setting& setting, unsigned seed, std::chrono::steady_clock::time_point until, Tally& tally) {
  const ContextHandle context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set1_sigalgs_list(context.get(), setting.algorithms);
  SSL_CTX_set1_groups_list(context.get(), "X25519");
  SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  if (setting.seconds == 0) {
    for (int at = static_cast<int>(seed); at < setting.names; at += setting.threads) {
      shake(context.get(), setting, at, tally);
    }
    return;
  }
  std::mt19937 random(seed);
  while (std::chrono::steady_clock::now() < until) {
    shake(context.get(), setting, static_cast<int>(random() % static_cast<unsigned>(setting.names)), tally);
  }
}

}  // namespace
}  // namespace certstead

int main(int argc, char** argv) {
  using namespace certstead;
  if (argc != 6) return 2;
  std::signal(SIGPIPE, SIG_IGN);
  const Setting setting{static_cast<std::uint16_t>(std::atoi(argv[1])), std::atof(argv[2]),
                        std::atoi(argv[3]), std::atoi(argv[4]), argv[5]};
  const auto until =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(static_cast<long>(setting.seconds * 1000));
  Tally tally;
  std::random_device random;
  std::vector<std::thread> threads;
  for (int i = 0; i < setting.threads; ++i) {
    const unsigned seed = setting.seconds == 0 ? static_cast<unsigned>(i) : random();
    threads.emplace_back([&, seed] { load(setting, seed, until, tally); });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("%llu %llu %llu\n", static_cast<unsigned long long>(tally.done),
              static_cast<unsigned long long>(tally.failed), static_cast<unsigned long long>(tally.wrong));
  return 0;
}
