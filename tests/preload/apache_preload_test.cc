// Debian's Apache with Debian's configuration, mod_ssl and its site switched on as a2enmod and a2ensite do
// it.
#include <unistd.h>

#include "preload/preload_fixture.h"

namespace certstead {
namespace {

class ApachePreload : public Preload {
 protected:
  void SetUp() override {
    if (!have_program("apache2")) GTEST_SKIP() << "install apache2 to run this test";
    if (::geteuid() != 0) GTEST_SKIP() << "run as root, so that Apache can change its user";
  }

  // Copies /etc/apache2. The second site has kName as its name, and a certificate of its own for it.
  void configure() {
    port_ = free_port();
    const std::string at = "127.0.0.1:" + std::to_string(port_), etc = path("apache2").string();
    std::filesystem::copy("/etc/apache2", etc, std::filesystem::copy_options::recursive);
    for (const char* file : {"ssl.load", "ssl.conf", "socache_shmcb.load"}) {
      std::filesystem::copy_file(etc + "/mods-available/" + file, etc + "/mods-enabled/" + file);
    }
    std::filesystem::remove(etc + "/sites-enabled/000-default.conf");
    write_text(etc + "/ports.conf", "Listen " + at + "\n");
    std::string site = read_text(etc + "/sites-available/default-ssl.conf");
    replace_text(site, "<VirtualHost *:443>", "<VirtualHost " + at + ">");
    replace_text(site, "/etc/ssl/certs/ssl-cert-snakeoil.pem", path("own.pem"));
    replace_text(site, "/etc/ssl/private/ssl-cert-snakeoil.key", path("own.key"));
    write_text(etc + "/sites-enabled/default-ssl.conf", site);
    write_text(etc + "/sites-enabled/named.conf",
               "<VirtualHost " + at + ">\nServerName " + kName +
                   "\nDocumentRoot /var/www/html\nSSLEngine on\nSSLCertificateFile " +
                   path("named.pem").string() + "\n</VirtualHost>\n");
  }
  std::vector<std::string> variables(const std::filesystem::path& view) const {
    std::vector<std::string> out = environment(view);
    const std::string dir = dir_.path().string();
    out.insert(out.end(), {"APACHE_RUN_USER=www-data", "APACHE_RUN_GROUP=www-data", "APACHE_RUN_DIR=" + dir,
                           "APACHE_LOCK_DIR=" + dir, "APACHE_LOG_DIR=" + dir,
                           "APACHE_PID_FILE=" + dir + "/apache2.pid"});
    return out;
  }
  void start(const std::filesystem::path& view) {
    configure();
    apache_ = std::make_unique<Process>(
        must(Process::start({.command = {"apache2", "-d", path("apache2"), "-D", "FOREGROUND"},
                             .environment = variables(view),
                             .output = path("output")})));
    ASSERT_TRUE(wait_for_port(port_, *apache_)) << output() << read_text(path("error.log"));
  }
  Target target() const { return {port_}; }

  std::uint16_t port_ = 0;
  std::unique_ptr<Process> apache_;
};

TEST_F(ApachePreload, ServesTheViewToEachClientAndItsOwnCertificateToTheRest) {
  const auto view = make_view("apache"), mail = make_view("mail");
  start(view);
  expect_served(target());
  expect_confined(descendants(apache_->pid()), view, mail);
}

TEST_F(ApachePreload, SessionsResumeAtTheirNameOnly) {
  start(make_view("apache"));
  expect_sessions_resume_at_their_name_only(target(), "GET / HTTP/1.0\r\n\r\n", true);
}

TEST_F(ApachePreload, ThousandSwapsUnderLoadLoseNoHandshakeAlsoAcrossReloads) {
  const auto view = make_view("apache");
  start(view);
  const std::vector<pid_t> before = descendants(apache_->pid());
  swap_under_load(target(), view, [&] {
    apache_->signal(SIGUSR1);
    EXPECT_TRUE(eventually([&] { return descendants(apache_->pid()) != before; })) << "no new worker";
  });
  kill_the_writer(target(), view);
}

}  // namespace
}  // namespace certstead
