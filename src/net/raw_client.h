// For tests: bytes to a server and back, with nothing in between that would mend them.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/file.h"

namespace certstead {

class RawClient {
 public:
  // To 127.0.0.1:`port`, or to a Unix socket. The test fails if nobody listens.
  explicit RawClient(std::uint16_t port);
  explicit RawClient(const std::filesystem::path& socket);

  // False once the peer has closed.
  bool send(std::string_view bytes);
  // No more will be sent.
  void finish();
  // Everything until the peer closes, or until `limit` passes.
  std::string read_all(Duration limit = std::chrono::seconds{20});
  // Until what has been read contains `mark`; "" if the peer closes before, or `limit` passes.
  std::string read_until(std::string_view mark, Duration limit = std::chrono::seconds{20});
  // True if the peer closes within `limit`.
  bool closes(Duration limit = std::chrono::seconds{20});
  int fd() const { return fd_.get(); }

 private:
  bool read_some(Deadline deadline);
  Fd fd_;
  std::string received_;
  bool ended_ = false;
};

}  // namespace certstead
