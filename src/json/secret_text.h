// Secrets on their way through text.
#pragma once

#include <string>

#include "base/secret.h"

namespace certstead {

// Overwrites `text` and empties it. Copies that were made of it before are somebody else's.
inline void wipe_text(std::string& text) {
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  text.clear();
}

}  // namespace certstead
