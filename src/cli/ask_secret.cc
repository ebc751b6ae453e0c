#include "cli/ask_secret.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"

namespace certstead {
namespace {

constexpr std::size_t kLongest = 1024;

// No echo while it lives.
class Silence {
 public:
  explicit Silence(int fd) : fd_(fd) {
    if (tcgetattr(fd_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    active_ = tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (active_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  bool active() const { return active_; }

 private:
  int fd_;
  termios before_{};
  bool active_ = false;
};

void show(int fd, std::string_view text) {
  if (::write(fd, text.data(), text.size()) < 0) return;  // then nobody sees it
}

}  // namespace

Result<SecretBytes> ask_secret(const std::string& prompt) {
  const Fd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal.valid()) return unavailable("there is no terminal to ask for a password on");
  const Silence silence(terminal.get());
  if (!silence.active()) return unavailable("the terminal can't be kept from showing the password");
  show(terminal.get(), prompt);
  Bytes line;
  line.reserve(kLongest);  // so that it never moves and leaves a copy
  std::uint8_t byte = 0;
  while (line.size() < kLongest && ::read(terminal.get(), &byte, 1) == 1 && byte != '\n')
    line.push_back(byte);
  show(terminal.get(), "\n");
  return SecretBytes(std::move(line));
}

}  // namespace certstead
