#include "crypto/secure_heap.h"

#include <openssl/crypto.h>

namespace certstead {

Result<SecureHeap> use_secure_heap(std::size_t bytes) {
  constexpr std::size_t kLeastPiece = 32;
  constexpr int kUnlocked = 2;  // CRYPTO_secure_malloc_init(3): usable, but something about it failed
  if (CRYPTO_secure_malloc_initialized() == 1) return conflict("this process has a secure heap already");
  const int made = CRYPTO_secure_malloc_init(bytes, kLeastPiece);
  if (made == 0) return unavailable("the system gives no memory for a secure heap", "secure-heap");
  return SecureHeap{made != kUnlocked};
}

}  // namespace certstead
