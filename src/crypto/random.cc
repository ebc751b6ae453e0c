#include "crypto/random.h"

#include <openssl/rand.h>

#include "base/encoding.h"
#include "crypto/algorithms.h"

namespace certstead {

Bytes random_bytes(std::size_t count) {
  Bytes bytes(count);
  require_openssl(RAND_bytes_ex(nullptr, bytes.data(), count, 0) == 1, "random bytes");
  return bytes;
}

SecretBytes random_secret(std::size_t count) {
  Bytes bytes(count);
  require_openssl(RAND_priv_bytes_ex(nullptr, bytes.data(), count, 0) == 1, "random bytes");
  return SecretBytes(std::move(bytes));
}

std::string random_id(std::size_t count) { return base64url_encode(random_bytes(count)); }

}  // namespace certstead
