// What is to be seen of the processes that hold keys.
#include <gmock/gmock.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "base/text.h"
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

bool has_core(const std::filesystem::path& directory) {
  const std::filesystem::directory_iterator files(directory);
  return std::any_of(begin(files), end(files), [](const std::filesystem::directory_entry& file) {
    return file.path().filename().string().starts_with("core");
  });
}

// A core file would hold the keys in clear, wherever the kernel and a service manager let one be written.
TEST_F(Listener, AGatewayThatDiesLeavesNoCoreFile) {
  const auto cores = scene_->directory() / "cores";
  std::filesystem::create_directory(cores);
  give_to_nobody(cores);
  const std::string allow = "cd " + cores.string() + " && ulimit -c unlimited && ";
  run_command(as_nobody() + "sh -c '" + allow + "kill -ABRT $$'");
  if (!has_core(cores)) GTEST_SKIP() << "this host writes no core files beside the programs that die";
  for (const auto& file : std::filesystem::directory_iterator(cores)) std::filesystem::remove(file);
  // The sanitizers of the test's build would keep it from one as well.
  scene_->add_gateway(
      "view", {},
      {"/bin/sh", "-c",
       allow + "export ASAN_OPTIONS=$ASAN_OPTIONS:disable_coredump=0 && echo $$ >pid && exec \"$@\"", "sh"});
  const auto pid = parse_number(trim(read_text_file(cores / "pid").value_or("")));
  ASSERT_TRUE(pid);
  ASSERT_EQ(::kill(static_cast<pid_t>(*pid), SIGABRT), 0);
  for (const Deadline limit = Deadline::after(std::chrono::seconds{60});
       ::kill(static_cast<pid_t>(*pid), 0) == 0;) {
    ASSERT_FALSE(limit.passed()) << "it lives on";
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  EXPECT_FALSE(has_core(cores));
}

}  // namespace
}  // namespace certstead
