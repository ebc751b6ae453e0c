#include "base/id.h"

#include <sys/random.h>

#include <array>
#include <cstdlib>

#include "base/encoding.h"

namespace certstead {

std::string make_id() {
  std::array<std::uint8_t, 16> bytes;
  for (;;) {
    // 16 bytes come whole once the kernel's generator is ready (getrandom(2)); without randomness nothing
    // sane can follow.
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
    std::string id = base64url_encode(bytes);
    if (id.front() != '-' && id.front() != '_') return id;
  }
}

}  // namespace certstead
