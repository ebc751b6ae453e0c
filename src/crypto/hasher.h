// SHA-256 of what comes piece by piece.
#pragma once

#include "base/bytes.h"
#include "crypto/openssl.h"

namespace certstead {

class Sha256Hasher {
 public:
  Sha256Hasher();
  void add(BytesView piece);
  // The 32 bytes; nothing may be added afterwards.
  Bytes finish();

 private:
  EvpMdContext context_;
};

}  // namespace certstead
