// Debian's HAProxy with Debian's configuration: chroot, user and ciphers are its own. It gets a frontend.
#include <unistd.h>

#include "preload/preload_fixture.h"

namespace certstead {
namespace {

class HaproxyPreload : public Preload {
 protected:
  void SetUp() override {
    if (!have_program("haproxy")) GTEST_SKIP() << "install haproxy to run this test";
    if (::geteuid() != 0) GTEST_SKIP() << "run as root, so that HAProxy can change its root and user";
  }

  void start(const std::filesystem::path& view) {
    port_ = free_port();
    std::string config = read_text("/etc/haproxy/haproxy.cfg");
    replace_text(config, "/run/haproxy/admin.sock", path("admin.sock"));
    config += "\nfrontend www\n  bind 127.0.0.1:" + std::to_string(port_) + " ssl crt " +
              path("own.pem").string() + " crt " + path("named.pem").string() +
              "\n  http-request return status 200 content-type text/plain string hello\n";
    write_text(path("haproxy.cfg"), config);
    haproxy_ = std::make_unique<Process>(must(
        Process::start({.command = {"haproxy", "-W", "-db", "-f", path("haproxy.cfg"), "-p", path("pid")},
                        .environment = environment(view),
                        .output = path("output")})));
    ASSERT_TRUE(wait_for_port(port_, *haproxy_)) << output();
  }
  Target target() const { return {port_}; }

  std::uint16_t port_ = 0;
  std::unique_ptr<Process> haproxy_;
};

TEST_F(HaproxyPreload, ServesTheViewToEachClientAndItsOwnCertificateToTheRest) {
  const auto view = make_view("haproxy"), mail = make_view("mail");
  start(view);
  expect_served(target());
  const std::vector<pid_t> workers = descendants(haproxy_->pid());
  ASSERT_EQ(workers.size(), 1U);
  EXPECT_EQ(std::filesystem::read_symlink("/proc/" + std::to_string(workers[0]) + "/root"),
            "/var/lib/haproxy");
  expect_confined(workers, view, mail);
}

// Its cache of session ids forgets what a session is bound to.
TEST_F(HaproxyPreload, SessionsDoNotResumeAtAnotherName) {
  start(make_view("haproxy"));
  const TlsClient any;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const char* first : {kName, kUnknown}) {
      for (const char* second : {kName, kUnder, kUnknown}) {
        if (first == second) continue;
        const Served served =
            any.ask(target(), {.name = first, .version = version, .request = "GET / HTTP/1.0\r\n\r\n"});
        ASSERT_NE(served.session, nullptr) << served.why;
        const Served again =
            any.ask(target(), {.name = second, .version = version, .resume = served.session.get()});
        EXPECT_TRUE(again.ok) << again.why;
        EXPECT_FALSE(again.resumed) << first << " at " << second;
      }
    }
  }
}

TEST_F(HaproxyPreload, ThousandSwapsUnderLoadLoseNoHandshakeAlsoAcrossReloads) {
  const auto view = make_view("haproxy");
  start(view);
  const std::vector<pid_t> before = descendants(haproxy_->pid());
  swap_under_load(target(), view, [&] {
    haproxy_->signal(SIGUSR2);
    EXPECT_TRUE(eventually([&] { return descendants(haproxy_->pid()) != before; })) << "no new worker";
  });
  kill_the_writer(target(), view);
}

}  // namespace
}  // namespace certstead
