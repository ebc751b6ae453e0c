// For tests: a TCP server on 127.0.0.1 that does to each connection what a function says.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/file.h"

namespace certstead {

class ScriptedServer {
 public:
  // `script` gets each connection, one after another, and its number from 0; the connection is closed after
  // it.
  using Script = std::function<void(int fd, int number)>;
  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  Fd listener_;
  Fd wake_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// Blocking helpers for scripts. What was read before the peer closed or 20 s passed.
std::string read_until(int fd, std::string_view mark);
std::size_t count_bytes(int fd, std::size_t most);
// False once the peer has closed.
bool write_bytes(int fd, std::string_view bytes);
// Writes until nothing goes any more for `patience`, or all is out; how much that was.
std::size_t write_until_stuck(int fd, std::string_view bytes, Duration patience);

}  // namespace certstead
