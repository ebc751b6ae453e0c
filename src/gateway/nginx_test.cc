// The gateway in front of a real nginx.
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/temp_dir.h"
#include "gateway/gateway_fixture.h"

namespace certstead {
namespace {

constexpr std::size_t kLarge = std::size_t{50} << 20;

// A pattern in which a lost, doubled or moved piece shows.
std::string pattern(std::size_t size) {
  std::string out;
  out.reserve(size + 16);
  for (std::size_t i = 0; out.size() < size; ++i) out += std::to_string(i) + ";";
  out.resize(size);
  return out;
}

// nginx on a socket that it inherits, so that no port has to be guessed. It keeps the user of the test.
class Nginx {
 public:
  Nginx() {
    const Fd socket(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket.get(), 64), 0);
    EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    std::filesystem::create_directories(dir_.path() / "www");
    EXPECT_TRUE(write_file_atomic(dir_.path() / "conf", view_bytes(config()), 0644));
    start(socket.get());
  }
  ~Nginx() {
    ::kill(pid_, SIGTERM);
    int status = 0;
    ::waitpid(pid_, &status, 0);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::filesystem::path file(const std::string& name) const { return dir_.path() / "www" / name; }

 private:
  std::string config() const {
    const std::string dir = dir_.path().string();
    std::string temp;
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
      temp += std::string(kind) + "_temp_path " + dir + "/" + kind + ";\n";
    }
    return "daemon off; worker_processes 1; user root; pid " + dir + "/pid; error_log " + dir +
           "/error.log; events {}\nhttp { access_log off; " + temp +
           "server { listen 127.0.0.1:" + std::to_string(port_) + "; root " + dir +
           "/www; client_max_body_size 0; dav_methods PUT;\n"
           "add_header X-Frame-Options SAMEORIGIN always; add_header X-Frame-Options ALLOWALL always;\n"
           "location /echo { return 200 \"$http_host|$http_x_forwarded_for|$http_connection\"; } } }\n";
  }
  void start(int socket) {
    const std::string dir = dir_.path().string();
    const std::string conf = dir + "/conf";
    const std::string inherited = "NGINX=" + std::to_string(socket) + ";";
    std::vector<char*> args;
    std::vector<std::string> words = {"nginx", "-p", dir, "-e", dir + "/error.log", "-c", conf};
    for (std::string& word : words) args.push_back(word.data());
    args.push_back(nullptr);
    std::string environment = inherited;
    char* variables[] = {environment.data(), nullptr};
    ASSERT_EQ(::posix_spawn(&pid_, "/usr/sbin/nginx", nullptr, nullptr, args.data(), variables), 0)
        << "install nginx to run this test";
  }

  TempDir dir_;
  std::uint16_t port_ = 0;
  pid_t pid_ = 0;
};

TEST(NginxBehindTheGateway, LargeFilesComeThroughUnchanged) {
  const Nginx nginx;
  std::ofstream(nginx.file("large")) << pattern(kLarge);
  const TestGateway gateway(TestGateway::to(nginx.url()));
  TlsClient client(gateway.https());
  client.send("GET /large HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  EXPECT_TRUE(client.read_all() == pattern(kLarge));
  EXPECT_TRUE(client.ended_properly());
}

TEST(NginxBehindTheGateway, LargeUploadsComeThroughUnchanged) {
  const Nginx nginx;
  const TestGateway gateway(TestGateway::to(nginx.url()));
  // Made first: the gateway waits for bodies ten seconds, and the thread sanitizer makes it slowly.
  const std::string body = pattern(kLarge);
  TlsClient client(gateway.https());
  client.send("PUT /new HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nContent-Length: " +
              std::to_string(kLarge) + "\r\n\r\n");
  client.send(body);
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 201 "));
  const auto stored = read_text_file(nginx.file("new"), kLarge + 1);
  ASSERT_TRUE(stored) << stored.error().detail;
  EXPECT_TRUE(*stored == body);
}

TEST(NginxBehindTheGateway, OneConnectionServesManyClients) {
  const Nginx nginx;
  const TestGateway gateway(TestGateway::to(nginx.url()));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(gateway.get("/echo").ends_with("\r\n\r\na.test|127.0.0.1|"));
  EXPECT_EQ(gateway.gateway->stats().upstream_connects, 1U);
}

TEST(NginxBehindTheGateway, ItsDoubledHeadersAreReplacedByOne) {
  const Nginx nginx;
  GatewayOptions options = TestGateway::to(nginx.url());
  options.headers.set = {{"X-Frame-Options", "DENY"}};
  const TestGateway gateway(std::move(options));
  for (const char* path : {"/echo", "/missing"}) {
    const std::string answer = gateway.get(path);
    EXPECT_EQ(occurrences(answer, "X-Frame-Options: "), 1U) << answer;
    EXPECT_EQ(occurrences(answer, "X-Frame-Options: DENY\r\n"), 1U) << answer;
  }
}

}  // namespace
}  // namespace certstead
