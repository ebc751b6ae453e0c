// OCSP responses from a real responder into the handshakes of a real gateway.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <thread>

#include "base/file.h"
#include "lab/free_port.h"
#include "log/capture_log.h"
#include "revocation/ocsp.h"
#include "revocation/openssl_ca_testing.h"
#include "support/fleet_processes.h"
#include "support/tls_client.h"

namespace certstead {
namespace {

using std::chrono::seconds;

constexpr const char* kName = "www.lab.test";

// Takes connections and says nothing.
class Listener {
 public:
  explicit Listener(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(socket_.get(), 8), 0);
  }
  bool was_called() const {
    pollfd look{socket_.get(), POLLIN, 0};
    return ::poll(&look, 1, 0) == 1;
  }

 private:
  Fd socket_;
};

class FleetStaples : public testing::Test {
 protected:
  FleetStaples() {
    ca_.issue("responder", "OCSPSigning");
    std::filesystem::copy_file(ca_.file("ca.pem"), file("ca.pem"));
    std::filesystem::permissions(file("ca.pem"), std::filesystem::perms(0644));
    run({"roots", "add", file("ca.pem")});
    run({"health", "settings", "--revocation-networks", "127.0.0.0/8"});
  }
  std::string file(const std::string& name) const { return (fleet_.directory() / name).string(); }
  CommandResult run(const std::vector<std::string>& words) const {
    CommandResult result = fleet_.cli(words);
    EXPECT_EQ(result.exit, 0) << result.out << result.err;
    return result;
  }
  // A certificate whose responder is the one of the test, by the manual flow.
  void issue() {
    run({"request", kName, "--key", "p256", "--issuer", "manual"});
    write(ca_.file("site.csr"), run({"csr", kName}).out);
    write(ca_.file("site.cnf"), "[leaf]\n" + to_text(ca_.bytes("places")) +
                                    "extendedKeyUsage = serverAuth\nsubjectAltName = DNS:" + kName + "\n");
    ca_.openssl(
        "ca -batch -notext -config ca.cnf -keyfile ca.key -cert ca.pem -in site.csr -out site.pem -subj "
        "/CN=www"
        " -extfile site.cnf -extensions leaf");
    write(file("site.pem"), to_text(ca_.bytes("site.pem")));
    run({"complete", kName, file("site.pem"), file("ca.pem")});
  }
  static void write(const std::filesystem::path& path, const std::string& text) {
    ASSERT_TRUE(write_file_atomic(path, view_bytes(text), 0644));
  }
  // What a client that asks for the status gets; it verifies chain and name.
  Served ask(std::uint16_t port) const {
    return TlsClient({ca_.root()}).ask({port}, {.name = kName, .status = true});
  }
  bool is_good(const Bytes& staple) const {
    const auto answer = judge_ocsp(staple, ca_.read("site.pem"), ca_.root(), SystemClock().now());
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer && answer->status == RevocationStatus::kGood;
  }
  Bytes wait_for_staple() const {
    for (const Deadline deadline = Deadline::after(seconds{60}); !deadline.passed();) {
      Served served = ask(fleet_.https_port());
      if (!served.staple.empty()) return std::move(served.staple);
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    ADD_FAILURE() << "no staple was served\n" << fleet_.log_of("manager") << fleet_.log_of("gateway");
    return {};
  }

  const std::uint16_t port_ = free_ports(1).value().front();
  OpensslCa ca_{"", "http://127.0.0.1:" + std::to_string(port_)};
  FleetProcesses fleet_;
};

TEST_F(FleetStaples, ResponseOfTheResponderIsServedForAsLongAsItCounts) {
  {
    const OpensslResponder responder(ca_, port_, "-nmin 50");
    issue();
    EXPECT_TRUE(is_good(wait_for_staple()));
  }
  // Out of the view alone: neither responder nor manager is there any more.
  fleet_.kill_manager();
  const Served served = ask(fleet_.https_port());
  ASSERT_TRUE(served.ok) << served.why;
  EXPECT_TRUE(is_good(served.staple));
  // For a gateway whose clock is an hour on it has ended. The semaphore of faketime lies in /dev/shm.
  struct stat shared_memory {};
  if (::stat("/dev/shm", &shared_memory) != 0 || (shared_memory.st_mode & S_IWOTH) == 0)
    GTEST_SKIP() << "mount a tmpfs at /dev/shm for the last step: faketime needs it writable for everybody";
  // Not by the program faketime: it would stand between us and the gateway, which would outlive it.
  const std::uint16_t later = fleet_.add_gateway(
      "view", {}, {"/usr/bin/env", "LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1", "FAKETIME=+1h"});
  const Served late = ask(later);
  EXPECT_TRUE(late.ok) << late.why;
  EXPECT_TRUE(late.staple.empty()) << "an old response was served";
}

// A responder that nobody but the gateway could ask now, and that would never answer.
TEST_F(FleetStaples, HandshakeAsksNobody) {
  issue();
  fleet_.kill_manager();
  const Listener responder(port_);
  for (int i = 0; i < 3; ++i) {
    const Served served = ask(fleet_.https_port());
    EXPECT_TRUE(served.ok) << served.why;
    EXPECT_TRUE(served.staple.empty());
  }
  EXPECT_FALSE(responder.was_called());
}

}  // namespace
}  // namespace certstead
