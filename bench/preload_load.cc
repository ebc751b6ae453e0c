// For bench/preload_bench.py: a view with one name, the same name as a program's own certificate, and
// handshakes.
//
//   preload_load view DIR ROOT.pem OWN.pem NAME
//   preload_load shake PORT NAME ROOT.pem 1.2|1.3 tls|smtp|imap new|resumed COUNT
//
// The view has a P-256 and an RSA credential, OWN.pem another P-256 one with its key, of the same CA. The
// handshakes are made one after the other, each on a connection of its own, and verified; prints how many
// seconds they took.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

#include "base/file.h"
#include "replica/test_credentials.h"

namespace {

using namespace certstead;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "preload_load: %s\n", why.c_str());
  std::exit(1);
}

std::string chain_of(const NewCredential& credential) {
  std::string out = must(Certificate::from_der(credential.record.leaf)).to_pem();
  for (const Bytes& der : credential.intermediates) out += must(Certificate::from_der(der)).to_pem();
  return out;
}

void make_view(char** argv) {
  const std::string directory = argv[2], name = argv[5];
  const TestCa ca(
      std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now() - std::chrono::hours(1)));
  must_succeed(write_file_atomic(argv[3], view_bytes(ca.root().to_pem()), 0644));
  const ViewKey key = must(ViewKey::load_or_create(directory));
  const auto writer = must(ViewWriter::open(directory));
  ViewBatch batch = must(writer->begin());
  must_succeed(batch.replace_set("set", {ca.make(key, "set", KeyType::kP256, 1, {name}),
                                         ca.make(key, "set", KeyType::kRsa2048, 1, {name})}));
  must_succeed(batch.commit());
  const NewCredential own = ca.make(key, "own", KeyType::kP256, 1, {name});
  const SecretBytes der = must(key.open(own.record.id, 1, own.record.sealed_key));
  const std::string pem(view_text(must(PrivateKey::from_der(der.reveal())).to_pkcs8_pem().reveal()));
  must_succeed(write_file_atomic(argv[4], view_bytes(chain_of(own) + pem), 0600));
}

struct Load {
  std::uint16_t port;
  std::string name, opening;
  bool resume;
};

SSL_SESSION* kept = nullptr;
int keep_session(SSL*, SSL_SESSION* session) {
  SSL_SESSION_free(kept);
  kept = session;
  return 1;
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("no connection");
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval patience{20, 0};  // for an answer: a server may say something else than is waited for
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return fd;
}

// Reads lines until one that begins with `last`.
void hear(int fd, const std::string& last) {
  std::string line;
  char c = 0;
  while (::read(fd, &c, 1) == 1) {
    if (c != '\n') {
      line += c;
    } else if (line.starts_with(last)) {
      return;
    } else {
      line.clear();
    }
  }
  fail("the server did not say " + last);
}

void say(int fd, const char* line) {
  if (::write(fd, line, std::strlen(line)) < 0) fail("the server closed");
}

void open_dialogue(int fd, const std::string& opening) {
  if (opening == "smtp") {
    hear(fd, "220 ");
    say(fd, "EHLO bench.test\r\n");
    hear(fd, "250 ");
    say(fd, "STARTTLS\r\n");
    hear(fd, "220 ");
  } else if (opening == "imap") {
    hear(fd, "* OK");
    say(fd, "a STARTTLS\r\n");
    hear(fd, "a OK");
  }
}

void shake(SSL_CTX* context, const Load& load) {
  const int fd = connect_to(load.port);
  open_dialogue(fd, load.opening);
  SSL* const ssl = SSL_new(context);
  SSL_set_fd(ssl, fd);
  SSL_set_tlsext_host_name(ssl, load.name.c_str());
  SSL_set1_host(ssl, load.name.c_str());
  const bool offered = load.resume && kept != nullptr;
  if (offered) SSL_set_session(ssl, kept);
  if (SSL_connect(ssl) != 1) {
    const char* const why = ERR_reason_error_string(ERR_peek_error());
    fail(std::string("a handshake failed: ") + X509_verify_cert_error_string(SSL_get_verify_result(ssl)) +
         ", " + (why == nullptr ? "the connection ended" : why));
  }
  if (offered && SSL_session_reused(ssl) != 1) fail("a session did not resume");
  if (load.opening == "tls") {
    // Tickets of TLS 1.3 come with the answer.
    const std::string request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    SSL_write(ssl, request.data(), static_cast<int>(request.size()));
    char buffer[4096];
    while (SSL_read(ssl, buffer, sizeof buffer) > 0) {
    }
  }
  SSL_shutdown(ssl);
  SSL_free(ssl);
  ::close(fd);
}

void run_load(char** argv) {
  const Load load{static_cast<std::uint16_t>(std::stoi(argv[2])), argv[3], argv[6],
                  std::string(argv[7]) == "resumed"};
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  const int version = std::string(argv[5]) == "1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
  SSL_CTX_set_min_proto_version(context, version);
  SSL_CTX_set_max_proto_version(context, version);
  if (SSL_CTX_load_verify_locations(context, argv[4], nullptr) != 1) fail("no roots");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set1_sigalgs_list(context, "ECDSA+SHA256");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  shake(context, load);
  const auto begun = std::chrono::steady_clock::now();
  for (int left = std::stoi(argv[8]); left > 0; --left) shake(context, load);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::printf("%.6f\n", took.count());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 6 && std::string(argv[1]) == "view") {
    make_view(argv);
  } else if (argc == 9 && std::string(argv[1]) == "shake") {
    run_load(argv);
  } else {
    fail("see the head of bench/preload_load.cc");
  }
  return 0;
}
