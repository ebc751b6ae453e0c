#include "peers/challenge_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

namespace certstead {

ChallengeServer::ChallengeServer(std::uint16_t port)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const int yes = 1;
  setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_.get(), generic, size) != 0 || listen(listener_.get(), 128) != 0 ||
      getsockname(listener_.get(), generic, &size) != 0)
    return;
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

ChallengeServer::~ChallengeServer() {
  stopping_ = true;
  shutdown(listener_.get(), SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
}

void ChallengeServer::publish(const std::string& token, const std::string& key_authorization) {
  const std::lock_guard hold(mutex_);
  answers_[token] = key_authorization;
}

void ChallengeServer::withdraw(const std::string& token) {
  const std::lock_guard hold(mutex_);
  answers_.erase(token);
}

void ChallengeServer::serve() {
  while (!stopping_) {
    const Fd connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.valid()) answer(connection.get());
  }
}

void ChallengeServer::answer(int connection) {
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos && head.size() < 16384) {
    char part[2048];
    pollfd ready{connection, POLLIN, 0};
    if (poll(&ready, 1, 2000) <= 0) return;
    const ssize_t got = recv(connection, part, sizeof part, 0);
    if (got <= 0) return;
    head.append(part, static_cast<std::size_t>(got));
  }
  ++requests_;
  constexpr std::string_view kStart = "GET /.well-known/acme-challenge/";
  std::string body = "no such challenge", status = "404 Not Found";
  if (head.starts_with(kStart)) {
    const std::lock_guard hold(mutex_);
    const auto found =
        answers_.find(head.substr(kStart.size(), head.find(' ', kStart.size()) - kStart.size()));
    if (found != answers_.end()) body = found->second, status = "200 OK";
  }
  const std::string out =
      "HTTP/1.1 " + status +
      "\r\nContent-Type: application/octet-stream\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\nConnection: close\r\n\r\n" + body;
  send(connection, out.data(), out.size(), MSG_NOSIGNAL);
}

}  // namespace certstead
