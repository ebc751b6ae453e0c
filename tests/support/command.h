// A command that a test runs to its end.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

namespace certstead {

struct CommandEnd {
  int exit = -1;
  std::string output;  // of both streams
};

// Runs a line of the shell, at most two minutes. The line is the test's own.
inline CommandEnd run_command(const std::string& line) {
  CommandEnd end;
  FILE* pipe = ::popen(("exec 2>&1; export PATH=$PATH:/usr/sbin; " + line).c_str(), "re");
  if (pipe == nullptr) return end;
  std::array<char, 4096> buffer;
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(buffer.data(), 1, buffer.size(), pipe);
    end.output.append(buffer.data(), got);
  }
  const int status = ::pclose(pipe);
  end.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return end;
}

// In front of a program that has no business as root; nothing where the test is not root either.
inline std::string as_nobody() {
  return ::geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups timeout 120 "
                          : "timeout 120 ";
}
inline void give_to_nobody(const std::filesystem::path& directory) {
  if (::geteuid() == 0 && ::chown(directory.c_str(), 65534, 65534) != 0) std::perror("chown");
}

}  // namespace certstead
