#include "notify/smtp_server_testing.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "base/encoding.h"
#include "crypto/openssl.h"

namespace certstead {

// One conversation.
class SmtpServer::Talk {
 public:
  Talk(SmtpServer& server, int fd) : server_(server), fd_(fd) {}
  ~Talk() {
    ssl_.reset();
    ::close(fd_);
  }

  void run() {
    if (server_.script_.hang) {
      while (!server_.stopping_ && !readable(50)) {
      }
      return;
    }
    say("220 test ESMTP");
    for (std::string line; read_line(line);) {
      note(line);
      if (!answer(line)) return;
    }
  }

 private:
  using Ssl = std::unique_ptr<SSL, Freed<SSL_free>>;

  bool readable(int ms) const {
    pollfd poll{fd_, POLLIN, 0};
    return ::poll(&poll, 1, ms) > 0;
  }
  void note(const std::string& line) {
    const std::lock_guard hold(server_.mutex_);
    server_.commands_.push_back((ssl_ ? "(tls)" : "") + line);
  }
  void say(const std::string& line) {
    const std::string bytes = line + "\r\n";
    if (ssl_) {
      SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    } else {
      (void)::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
  }
  bool read_line(std::string& line) {
    line.clear();
    for (char c = 0;;) {
      while (!(ssl_ && SSL_pending(ssl_.get()) > 0) && !readable(50)) {
        if (server_.stopping_) return false;
      }
      const long got = ssl_ ? SSL_read(ssl_.get(), &c, 1) : ::recv(fd_, &c, 1, 0);
      if (got != 1) return false;
      if (c == '\n') break;
      if (c != '\r') line += c;
    }
    return true;
  }
  bool start_tls() {
    say("220 go ahead");
    ssl_.reset(SSL_new(server_.script_.tls));
    SSL_set_fd(ssl_.get(), fd_);
    return SSL_accept(ssl_.get()) == 1;
  }
  void greet() {
    if (server_.script_.tls != nullptr && !ssl_) say("250-STARTTLS");
    if (!server_.script_.user.empty() && ssl_) say("250-AUTH PLAIN");
    say("250 8BITMIME");
  }
  void log_in(const std::string& line) {
    std::string answer = line.substr(std::min<std::size_t>(line.size(), 11));
    if (answer.empty()) {
      say("334 ");
      if (!read_line(answer)) return;
    }
    const std::string given = to_text(base64_decode(answer).value_or(Bytes()));
    const std::string wanted =
        std::string(1, '\0') + server_.script_.user + std::string(1, '\0') + server_.script_.password;
    say(given == wanted ? "235 welcome" : "535 who are you");
  }
  void take_mail() {
    say("354 go on");
    std::string mail;
    for (std::string line; read_line(line) && line != ".";) mail += line + "\r\n";
    const int code = server_.after_data_;
    if (code == 250) {
      const std::lock_guard hold(server_.mutex_);
      server_.mails_.push_back(mail);
    }
    say(std::to_string(code) + " that is that");
  }
  // False at the end.
  bool answer(const std::string& line) {
    if (line.starts_with("EHLO")) {
      greet();
    } else if (line == "STARTTLS" && server_.script_.tls != nullptr) {
      return start_tls();
    } else if (line.starts_with("AUTH PLAIN")) {
      log_in(line);
    } else if (line.starts_with("MAIL") || line.starts_with("RCPT")) {
      say("250 well");
    } else if (line == "DATA") {
      take_mail();
    } else if (line == "QUIT") {
      say("221 bye");
      return false;
    } else {
      say("502 what?");
    }
    return true;
  }

  SmtpServer& server_;
  const int fd_;
  Ssl ssl_;
};

SmtpServer::SmtpServer(SmtpScript script) : script_(std::move(script)), after_data_(script_.after_data) {
  listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(::listen(listening_, 8), 0);
  socklen_t size = sizeof(address);
  ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

SmtpServer::~SmtpServer() {
  stopping_ = true;
  ::shutdown(listening_, SHUT_RDWR);
  thread_.join();
  ::close(listening_);
}

void SmtpServer::serve() {
  while (!stopping_) {
    const int fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) Talk(*this, fd).run();
  }
}

std::vector<std::string> SmtpServer::mails() {
  const std::lock_guard hold(mutex_);
  return mails_;
}

std::vector<std::string> SmtpServer::commands() {
  const std::lock_guard hold(mutex_);
  return commands_;
}

}  // namespace certstead
