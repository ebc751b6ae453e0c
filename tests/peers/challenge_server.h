// A tiny web server for HTTP-01 answers on the loopback.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/file.h"

namespace certstead {

// Answers GET /.well-known/acme-challenge/TOKEN with what was published, else 404. One request a connection.
class ChallengeServer {
 public:
  // On this port of 127.0.0.1; 0: a free one. port() is 0 if it can't be had.
  explicit ChallengeServer(std::uint16_t port = 0);
  ~ChallengeServer();
  ChallengeServer(const ChallengeServer&) = delete;
  ChallengeServer& operator=(const ChallengeServer&) = delete;

  std::uint16_t port() const { return port_; }
  void publish(const std::string& token, const std::string& key_authorization);
  void withdraw(const std::string& token);
  int requests() const { return requests_; }

 private:
  void serve();
  void answer(int connection);

  Fd listener_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;  // guards answers_
  std::map<std::string, std::string> answers_;
  std::atomic<int> requests_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace certstead
