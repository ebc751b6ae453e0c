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

  void start(const std::filesystem::path& view, bool tickets = false) {
    port_ = free_port();
    std::string config = read_text("/etc/haproxy/haproxy.cfg");
    if (tickets) replace_text(config, " no-tls-tickets", "");
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

// Debian's configuration has no tickets: sessions lie in HAProxy's own cache, which forgets what they are
// bound to.
TEST_F(HaproxyPreload, SessionsOfItsCacheResumeAtTheirNameOnly) {
  start(make_view("haproxy"));
  expect_sessions_resume_at_their_name_only(target(), "GET / HTTP/1.0\r\n\r\n", true);
}

TEST_F(HaproxyPreload, TicketsResumeAtTheirNameOnly) {
  start(make_view("haproxy"), true);
  expect_sessions_resume_at_their_name_only(target(), "GET / HTTP/1.0\r\n\r\n", true);
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
