// Debian's Dovecot with Debian's configuration: its login processes keep their chroot, user and address
// limit.
#include <sys/stat.h>
#include <unistd.h>

#include "preload/preload_fixture.h"

namespace certstead {
namespace {

class DovecotPreload : public Preload {
 protected:
  void SetUp() override {
    if (!have_program("dovecot")) GTEST_SKIP() << "install dovecot-imapd to run this test";
    if (::geteuid() != 0) GTEST_SKIP() << "run as root, so that Dovecot can change its root and user";
  }

  // Copies /etc/dovecot. All but the certificate is changed in local.conf, which the stock configuration
  // includes.
  void start(const std::filesystem::path& view) {
    imap_ = free_port();
    imaps_ = free_port();
    const std::string etc = path("dovecot").string(), run = path("run").string();
    std::filesystem::copy("/etc/dovecot", etc, std::filesystem::copy_options::recursive);
    ASSERT_EQ(::chmod(dir_.path().c_str(), 0755), 0);
    std::string ssl = read_text(etc + "/conf.d/10-ssl.conf");
    replace_text(ssl, "/etc/dovecot/private/dovecot.pem", path("own.pem"));
    replace_text(ssl, "/etc/dovecot/private/dovecot.key", path("own.key"));
    write_text(etc + "/conf.d/10-ssl.conf", ssl);
    write_text(etc + "/local.conf",
               "base_dir = " + run + "\nstate_dir = " + run + "\nlog_path = " + path("dovecot.log").string() +
                   "\nprotocols = imap\nlisten = 127.0.0.1\nssl_cert = <" + path("own.pem").string() +
                   "\nssl_key = <" + path("own.key").string() +
                   "\nservice imap-login {\n  inet_listener imap {\n    port = " + std::to_string(imap_) +
                   "\n  }\n  inet_listener imaps {\n    port = " + std::to_string(imaps_) +
                   "\n    ssl = yes\n  }\n}\nimport_environment = TZ CORE_OUTOFMEM CORE_ERROR " +
                   environment_for_import(view) + "\n");
    dovecot_ = std::make_unique<Process>(
        must(Process::start({.command = {"dovecot", "-F", "-c", etc + "/dovecot.conf"},
                             .environment = {},
                             .output = path("output")})));
    ASSERT_TRUE(wait_for_port(imaps_, *dovecot_)) << output() << read_text(path("dovecot.log"));
  }
  Target starttls() const { return {imap_, Opening::kImap}; }
  Target imaps() const { return {imaps_}; }
  std::vector<pid_t> login_processes() const {
    std::vector<pid_t> out;
    for (const pid_t pid : descendants(dovecot_->pid())) {
      if (read_text("/proc/" + std::to_string(pid) + "/comm") == "imap-login\n") out.push_back(pid);
    }
    return out;
  }

  std::uint16_t imap_ = 0, imaps_ = 0;
  std::unique_ptr<Process> dovecot_;
};

TEST_F(DovecotPreload, ServesTheViewBehindStartTlsAndByTlsFromTheStart) {
  const auto view = make_view("dovecot"), web = make_view("web");
  start(view);
  expect_served(starttls());
  expect_served(imaps());
  EXPECT_NE(log().find("protocol=\"imap\""), std::string::npos) << log();
}

TEST_F(DovecotPreload, LoginProcessOpensItsOwnViewOnlyAndOtherProcessesOpenNone) {
  const auto view = make_view("dovecot"), web = make_view("web");
  start(view);
  const Fd held = hold_connection(imap_);
  // One for each connection: those that only looked whether the port listens end by themselves.
  ASSERT_TRUE(eventually([&] { return login_processes().size() == 1; })) << read_text(path("dovecot.log"));
  const std::vector<pid_t> logins = login_processes();
  EXPECT_EQ(std::filesystem::read_symlink("/proc/" + std::to_string(logins[0]) + "/root"),
            std::filesystem::canonical(path("run") / "login"));
  expect_confined(logins, view, web);
  for (const pid_t pid : descendants(dovecot_->pid())) {
    const bool login = std::find(logins.begin(), logins.end(), pid) != logins.end();
    EXPECT_TRUE(login || !has_open(pid, view / kViewFile))
        << read_text("/proc/" + std::to_string(pid) + "/comm");
  }
}

TEST_F(DovecotPreload, SessionsResumeAtTheirNameOnly) {
  start(make_view("dovecot"));
  expect_sessions_resume_at_their_name_only(imaps(), "a LOGOUT\r\n", false);
  expect_sessions_resume_at_their_name_only(starttls(), "a LOGOUT\r\n", false);
}

TEST_F(DovecotPreload, ThousandSwapsUnderLoadLoseNoHandshake) {
  const auto view = make_view("dovecot");
  start(view);
  swap_under_load(imaps(), view, [&] { dovecot_->signal(SIGHUP); });
  kill_the_writer(starttls(), view);
}

}  // namespace
}  // namespace certstead
