// What is to be seen of the processes that hold keys.
#include <gmock/gmock.h>

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "support/command.h"
#include "support/listener_scene.h"

namespace certstead {
namespace {

// Without PR_SET_DUMPABLE the files in /proc belong to the user of the process, and ptrace(2) is open to it.
TEST_F(Listener, ProcessesThatHoldKeysAreClosedToTheirOwnUser) {
  const std::string user = ::geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
  const auto reads = [&](const std::string& pid) {
    return run_command(user + "cat /proc/" + pid + "/environ >/dev/null").exit == 0 &&
           run_command(user + "dd if=/proc/" + pid + "/mem of=/dev/null bs=1 count=0").exit == 0;
  };
  const CommandEnd open = run_command(user + "sleep 60 >/dev/null 2>&1 & echo $!");
  const std::string sleeper = open.output.substr(0, open.output.find('\n'));
  EXPECT_TRUE(reads(sleeper)) << "this test can fail";
  ::kill(std::stoi(sleeper), SIGTERM);
  for (const pid_t pid : {scene_->manager_pid(), scene_->gateway_pid()}) {
    EXPECT_FALSE(reads(std::to_string(pid)));
    struct stat mem {};
    ASSERT_EQ(::stat(("/proc/" + std::to_string(pid) + "/mem").c_str(), &mem), 0);
    EXPECT_EQ(mem.st_uid, 0U);
  }
}

}  // namespace
}  // namespace certstead
