// Makes listening sockets.
#pragma once

#include "base/file.h"
#include "net/http_server.h"

namespace certstead {

// A socket that listens, non-blocking. Its file, if it is a Unix socket we made, goes with it.
class ListenSocket {
 public:
  // Binds and listens. Errors as HttpServer::start.
  static Result<ListenSocket> open(const HttpListener& where);
  ListenSocket(ListenSocket&& other) noexcept = default;
  ListenSocket& operator=(ListenSocket&& other) = delete;
  ~ListenSocket() { close(); }
  // Listens no more and removes its file.
  void close();

  int fd() const { return fd_.get(); }
  bool is_unix() const { return unix_; }
  std::uint16_t port() const { return port_; }
  // "127.0.0.1:8080", "[::1]:443" or the path; for the log.
  const std::string& name() const { return name_; }

 private:
  ListenSocket() = default;
  static Result<ListenSocket> open_unix(const HttpListener& where);
  static Result<ListenSocket> open_tcp(const HttpListener& where);
  static Result<ListenSocket> adopt(int fd);
  Fd fd_;
  bool unix_ = false;
  std::uint16_t port_ = 0;
  std::string name_;
  std::filesystem::path file_;  // empty: none to remove
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

// The process at the other end of a Unix socket.
std::optional<PeerCredentials> peer_credentials(int fd);

}  // namespace certstead
