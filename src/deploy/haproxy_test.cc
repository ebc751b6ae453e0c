#include "deploy/haproxy.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/temp_dir.h"

namespace certstead {
namespace {

using testing::HasSubstr;

// Answers one connection after another with the next of `answers`, and keeps what it was told.
class FakeStatsSocket {
 public:
  FakeStatsSocket(const std::string& path, std::vector<std::string> answers) : answers_(std::move(answers)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    fd_ = Fd(::socket(AF_UNIX, SOCK_STREAM, 0));
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_.get(), 8), 0);
    thread_ = std::thread([this] { run(); });
  }
  ~FakeStatsSocket() { thread_.join(); }
  // Ends when every answer was given.
  std::vector<std::string> told() {
    thread_.join();
    thread_ = std::thread([] {});
    return told_;
  }

 private:
  void run() {
    for (const std::string& answer : answers_) {
      const Fd client(::accept(fd_.get(), nullptr, nullptr));
      std::string command;
      char byte = 0;
      const auto whole = [&] {
        return command.find("<<") == std::string::npos ? command.ends_with("\n") : command.ends_with("\n\n");
      };
      while (!whole() && ::recv(client.get(), &byte, 1, 0) == 1) command += byte;
      told_.push_back(command);
      static_cast<void>(::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL));
    }
  }
  std::vector<std::string> answers_, told_;
  Fd fd_;
  std::thread thread_;
};

Status give(const std::string& socket) {
  return give_to_haproxy(socket, "/etc/ha/www.pem.rsa", SecretBytes(view_bytes("KEY\n\nCERT")),
                         Deadline::after(std::chrono::seconds{10}));
}

TEST(Haproxy, IsGivenTheCertificateAndToldToCommit) {
  const TempDir dir;
  const std::string path = (dir.path() / "s").string();
  FakeStatsSocket haproxy(path, {"Transaction created for certificate /etc/ha/www.pem.rsa!\n\n",
                                 "Committing /etc/ha/www.pem.rsa.\nSuccess!\n\n"});
  EXPECT_TRUE(give(path));
  EXPECT_THAT(haproxy.told(), testing::ElementsAre("set ssl cert /etc/ha/www.pem.rsa <<\nKEY\nCERT\n\n",
                                                   "commit ssl cert /etc/ha/www.pem.rsa\n"));
}

TEST(Haproxy, ARefusedCommitIsAborted) {
  const TempDir dir;
  const std::string path = (dir.path() / "s").string();
  FakeStatsSocket haproxy(path, {"Transaction updated for certificate x!\n", "Can't commit x!\n", "ok\n"});
  EXPECT_THAT(give(path).error().detail, HasSubstr("Can't commit x!"));
  EXPECT_EQ(haproxy.told().back(), "abort ssl cert /etc/ha/www.pem.rsa\n");
}

TEST(Haproxy, AnUnknownCertificateIsSaidInItsWords) {
  const TempDir dir;
  const std::string path = (dir.path() / "s").string();
  FakeStatsSocket haproxy(
      path, {"Can't replace a certificate which is not referenced by the configuration!\n", ""});
  EXPECT_THAT(give(path).error().detail, HasSubstr("not referenced"));
}

TEST(Haproxy, OneThatDoesNotRunIsNotFound) {
  const TempDir dir;
  EXPECT_EQ(give((dir.path() / "none").string()).error().id, "haproxy-absent");
}

TEST(Haproxy, NamesThatWouldBeAnotherCommandAreRefused) {
  EXPECT_EQ(give_to_haproxy("/nonexistent", "a;shutdown", {}, Deadline::after(std::chrono::seconds{1}))
                .error()
                .code,
            Code::kInvalid);
}

}  // namespace
}  // namespace certstead
