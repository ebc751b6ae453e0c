#include "password.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>

#include "base/file.h"

namespace certstead {
namespace {

constexpr std::size_t kLongest = 1024;

// The terminal shows nothing that is typed, for as long as this lives.
class Unseen {
 public:
  explicit Unseen(int fd) : fd_(fd) {
    valid_ = ::tcgetattr(fd, &before_) == 0;
    termios unseen = before_;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (valid_) ::tcsetattr(fd, TCSAFLUSH, &unseen);
  }
  ~Unseen() {
    if (valid_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  int fd_;
  bool valid_ = false;
  termios before_{};
};

void say(int fd, const std::string& text) {
  if (::write(fd, text.data(), text.size()) < 0) return;  // then nobody sees the question
}

SecretBytes ask(int fd, const std::string& question) {
  say(fd, question + ": ");
  const Unseen unseen(fd);
  Bytes line;
  line.reserve(kLongest);
  for (std::uint8_t c = 0; line.size() < kLongest && ::read(fd, &c, 1) == 1 && c != '\n';) line.push_back(c);
  say(fd, "\n");
  return SecretBytes(std::move(line));
}

}  // namespace

Result<SecretBytes> read_password(const std::string& file, const std::string& what, bool twice) {
  if (!file.empty()) {
    TRY(const SecretBytes text, read_secret_file(file, 4 * kLongest));
    const BytesView all = text.reveal();
    const auto end = std::find(all.begin(), all.end(), '\n');
    return SecretBytes(all.first(static_cast<std::size_t>(end - all.begin())));
  }
  const Fd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal.valid())
    return invalid("there is no terminal to ask for the password; give --password-file FILE",
                   "password-absent");
  SecretBytes password = ask(terminal.get(), "Password of " + what);
  if (!twice) return password;
  const SecretBytes again = ask(terminal.get(), "The same again");
  if (!equal_constant_time(password.reveal(), again.reveal()))
    return invalid("the two passwords differ; nothing was made", "password-differs");
  return password;
}

}  // namespace certstead
