// Mail through Debian's Postfix, with STARTTLS enforced, into a mailbox.
#include <gmock/gmock.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "base/file.h"
#include "base/temp_dir.h"
#include "net/test_tls.h"
#include "notify/notifiers.h"

namespace certstead {
namespace {

using testing::HasSubstr;

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  socklen_t size = sizeof(address);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

std::string main_cf(const std::string& dir) {
  return "compatibility_level = 3.6\nqueue_directory = " + dir + "/spool\ndata_directory = " + dir +
         "/lib\nmail_owner = postfix\nsetgid_group = postdrop\ncommand_directory = /usr/sbin\n"
         "daemon_directory = /usr/lib/postfix/sbin\nmyhostname = localhost\nmydestination =\n"
         "inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nalias_maps =\nmaillog_file = /dev/stdout\n"
         "maillog_file_prefixes = /dev\n"
         "virtual_mailbox_domains = example.test\nvirtual_mailbox_base = " +
         dir +
         "/mail\nvirtual_mailbox_maps = static:inbox\nvirtual_uid_maps = static:65534\n"
         "virtual_gid_maps = static:65534\nvirtual_minimum_uid = 1\n"
         "smtpd_tls_security_level = encrypt\nsmtpd_tls_chain_files = " +
         dir + "/tls.pem\nsmtpd_relay_restrictions = reject_unauth_destination\n";
}

std::string master_cf(std::uint16_t port) {
  std::string out = "127.0.0.1:" + std::to_string(port) + " inet n - n - - smtpd\n";
  out +=
      "cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\ntlsmgr unix - - n 1000? 1 tlsmgr\n"
      "postlog unix-dgram n - n - 1 postlogd\nproxymap unix - - n - - proxymap\n";
  for (const char* const name : {"bounce", "defer", "trace"})
    out += std::string(name) + " unix - - n - 0 bounce\n";
  out +=
      "rewrite unix - - n - - trivial-rewrite\nvirtual unix - n n - - virtual\nanvil unix - - n - 1 anvil\n"
      "error unix - - n - - error\nretry unix - - n - - error\n";
  return out;
}

class Postfix {
 public:
  explicit Postfix(const TestLeaf& leaf) {
    const std::string dir = dir_.path().string();
    EXPECT_EQ(::chmod(dir.c_str(), 0755), 0);
    const passwd* const owner = ::getpwnam("postfix");
    for (const char* const part : {"/conf", "/spool", "/lib", "/mail"}) ::mkdir((dir + part).c_str(), 0755);
    EXPECT_EQ(::chown((dir + "/lib").c_str(), owner->pw_uid, owner->pw_gid), 0);
    EXPECT_EQ(::chown((dir + "/mail").c_str(), 65534, 65534), 0);
    const std::string tls = to_text(leaf.key.to_pkcs8_pem().reveal()) + leaf.certificate.to_pem();
    EXPECT_TRUE(write_file_atomic(dir + "/tls.pem", view_bytes(tls)));
    EXPECT_TRUE(write_file_atomic(dir + "/conf/main.cf", view_bytes(main_cf(dir)), 0644));
    EXPECT_TRUE(write_file_atomic(dir + "/conf/master.cf", view_bytes(master_cf(port_)), 0644));
    run("exec postfix -c " + dir + "/conf start-fg >" + dir + "/log 2>&1", &pid_);
  }
  ~Postfix() {
    pid_t stopper = 0;
    run("postfix -c " + dir_.path().string() + "/conf stop >/dev/null 2>&1", &stopper);
    ::waitpid(stopper, nullptr, 0);
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  std::string server() const { return "localhost:" + std::to_string(port_); }
  std::string inbox() const { return read_text_file(dir_.path() / "mail/inbox", 1U << 20).value_or(""); }
  std::string log() const { return read_text_file(dir_.path() / "log", 1U << 20).value_or(""); }

 private:
  static void run(const std::string& script, pid_t* pid) {
    const char* const words[] = {"/bin/sh", "-c", script.c_str(), nullptr};
    EXPECT_EQ(::posix_spawn(pid, words[0], nullptr, nullptr, const_cast<char**>(words), environ), 0);
  }
  TempDir dir_;
  const std::uint16_t port_ = free_port();
  pid_t pid_ = 0;
};

TEST(Postfix, TakesOurMailOverStartTls) {
  if (::geteuid() != 0) GTEST_SKIP() << "Postfix wants to be started by root";
  if (::access("/usr/sbin/postfix", X_OK) != 0) GTEST_SKIP() << "Postfix is not installed (package postfix)";
  ::signal(SIGPIPE, SIG_IGN);
  const TestRoot root = make_test_root();
  const TestLeaf leaf = make_test_leaf(root, {"localhost"});
  const Postfix postfix(leaf);
  NotifyTarget target;
  target.kind = "mail";
  target.server = postfix.server();
  target.from = "certstead@example.test";
  target.to = {"admin@example.test"};
  target.trusted_pem = root.certificate.to_pem();
  const Notifier::Message message{"store-1", SystemClock().now(), true, {}};
  Notifiers notifiers("host.example.test");
  Status sent = unavailable("not tried");
  for (int i = 0; i < 100 && !sent && sent.error().code == Code::kUnavailable; ++i) {
    sent = notifiers.send(target, {}, message, Deadline::after(std::chrono::seconds(10)));
    if (!sent) std::this_thread::sleep_for(Duration{100});
  }
  ASSERT_TRUE(sent) << sent.error().detail << "\n" << postfix.log();
  for (int i = 0; i < 100 && postfix.inbox().empty(); ++i) std::this_thread::sleep_for(Duration{100});
  EXPECT_THAT(postfix.inbox(), HasSubstr("From: <certstead@example.test>")) << postfix.log();
  EXPECT_THAT(postfix.inbox(), HasSubstr("with ESMTPS"));
}

}  // namespace
}  // namespace certstead
