// Debian's Postfix with Debian's configuration: the chroot and user of every service are its own.
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <sstream>
#include <utility>

#include "preload/preload_fixture.h"
#include "support/command.h"

namespace certstead {
namespace {

// Without the lines that a later one of the same name overrides. Every daemon would warn of each, postlogd
// too, which waits for itself for ever once its socket is full of the warnings of others.
std::string last_of_each(const std::string& settings) {
  std::vector<std::string> lines;
  std::map<std::string, std::size_t> places;
  std::istringstream in(settings);
  for (std::string line; std::getline(in, line);) {
    const std::size_t end = line.find_first_of(" =");
    const bool is_setting = end != std::string::npos && end > 0 && line.front() != '#';
    if (is_setting) {
      const auto [at, is_first] = places.emplace(line.substr(0, end), lines.size());
      if (!is_first) lines[std::exchange(at->second, lines.size())].clear();
    }
    lines.push_back(line);
  }
  std::string out;
  for (const std::string& line : lines) out += line + '\n';
  return out;
}

class PostfixPreload : public Preload {
 protected:
  void SetUp() override {
    if (!have_program("postfix")) GTEST_SKIP() << "install postfix to run this test";
    if (::geteuid() != 0) GTEST_SKIP() << "run as root, so that Postfix can change its root and user";
  }

  // Its master does not end with the process that was started.
  void TearDown() override {
    if (!postfix_) return;
    const CommandEnd end = run_command("postfix -c " + path("postfix").string() + " stop");
    EXPECT_EQ(end.exit, 0) << end.output;
  }

  // Copies /etc/postfix. `more` goes into main.cf, `services` into master.cf.
  void start(const std::filesystem::path& view, const std::string& more = "",
             const std::string& services = "") {
    smtp_ = free_port();
    smtps_ = free_port();
    const std::string etc = path("postfix").string();
    std::filesystem::copy("/etc/postfix", etc, std::filesystem::copy_options::recursive);
    ASSERT_EQ(::chmod(dir_.path().c_str(), 0755), 0);
    make_directory("spool", 0);
    make_directory("lib", ::getpwnam("postfix")->pw_uid);
    std::string master = read_text(etc + "/master.cf");
    replace_text(master, "\nsmtp      inet  n       -       y       -       -       smtpd\n",
                 "\n127.0.0.1:" + std::to_string(smtp_) +
                     " inet n - y - - smtpd\n127.0.0.1:" + std::to_string(smtps_) +
                     " inet n - y - - smtpd\n  -o smtpd_tls_wrappermode=yes\n" + services);
    write_text(etc + "/master.cf", master);
    std::ostringstream settings;
    settings << read_text(etc + "/main.cf") << "\nqueue_directory = " << path("spool").string()
             << "\ndata_directory = " << path("lib").string()
             << "\ninet_interfaces = 127.0.0.1\nmaillog_file = /dev/stdout\nsmtpd_tls_security_level = may\n"
             << "smtpd_tls_cert_file = " << path("own.pem").string()
             << "\nsmtpd_tls_key_file = " << path("own.key").string()
             << "\nimport_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C "
             << environment_for_import(view) << "\n"
             << more;
    write_text(etc + "/main.cf", last_of_each(settings.str()));
    postfix_ = std::make_unique<Process>(must(Process::start(
        {.command = {"postfix", "-c", etc, "start-fg"}, .environment = {}, .output = path("output")})));
    ASSERT_TRUE(wait_for_port(smtps_, *postfix_, std::chrono::seconds{60})) << output();
  }
  void make_directory(const std::string& name, uid_t owner) {
    std::filesystem::create_directory(path(name));
    ASSERT_EQ(::chmod(path(name).c_str(), 0755), 0);
    ASSERT_EQ(::chown(path(name).c_str(), owner, 0), 0);
  }
  Target starttls() const { return {smtp_, Opening::kSmtp}; }
  Target smtps() const { return {smtps_}; }

  std::uint16_t smtp_ = 0, smtps_ = 0;
  std::unique_ptr<Process> postfix_;
};

TEST_F(PostfixPreload, ServesTheViewBehindStartTlsAndByTlsFromTheStart) {
  const auto view = make_view("postfix"), web = make_view("web");
  start(view);
  expect_served(starttls());
  expect_served(smtps());
  EXPECT_NE(log().find("protocol=\"smtp\""), std::string::npos) << log();
  std::vector<pid_t> servers;
  for (const pid_t pid : descendants(postfix_->pid())) {
    const bool serves = read_text("/proc/" + std::to_string(pid) + "/comm") == "smtpd\n";
    if (serves) servers.push_back(pid);
    EXPECT_TRUE(serves || !has_open(pid, view / kViewFile))
        << read_text("/proc/" + std::to_string(pid) + "/comm");
  }
  ASSERT_FALSE(servers.empty());
  EXPECT_EQ(std::filesystem::read_symlink("/proc/" + std::to_string(servers[0]) + "/root"),
            std::filesystem::canonical(path("spool")));
  expect_confined(servers, view, web);
}

TEST_F(PostfixPreload, DeliveryToOthersIsLeftAlone) {
  const std::uint16_t sink = free_port();
  write_text(path("ca.pem"), ca_.root().to_pem());
  start(make_view("postfix"),
        "relayhost = [127.0.0.1]:" + std::to_string(sink) +
            "\nsmtp_tls_wrappermode = yes\nsmtp_tls_security_level = secure\nsmtp_tls_secure_cert_match = " +
            kName + "\nsmtp_tls_servername = " + kName + "\nsmtp_tls_CAfile = " + path("ca.pem").string() +
            "\n",
        "127.0.0.1:" + std::to_string(sink) +
            " inet n - y - - smtpd\n  -o smtpd_tls_wrappermode=yes -o myhostname=sink.test\n"
            "  -o smtpd_client_restrictions=check_client_access,static:discard\n");
  const Served sent = client().ask(
      starttls(),
      {.name = kName,
       .request = "EHLO client.test\r\nMAIL FROM:<a@client.test>\r\nRCPT TO:<b@elsewhere.test>\r\n"
                  "DATA\r\nSubject: hello\r\n\r\nhello\r\n.\r\nQUIT\r\n"});
  ASSERT_TRUE(sent.ok) << sent.why;
  // It verifies the certificate that its neighbour serves from the view.
  EXPECT_TRUE(eventually([&] { return output().find("status=sent") != std::string::npos; }))
      << sent.answer << output();
}

TEST_F(PostfixPreload, SessionsResumeAtTheirNameOnly) {
  start(make_view("postfix"));
  expect_sessions_resume_at_their_name_only(starttls(), "QUIT\r\n", true);
  expect_sessions_resume_at_their_name_only(smtps(), "QUIT\r\n", true);
}

TEST_F(PostfixPreload, ThousandSwapsUnderLoadLoseNoHandshake) {
  const auto view = make_view("postfix");
  start(view);
  swap_under_load(smtps(), view);
  kill_the_writer(starttls(), view);
}

}  // namespace
}  // namespace certstead
