// Memory for private keys that is locked, left out of core dumps, set apart by guard pages, and wiped when
// freed.
#pragma once

#include <cstddef>

#include "base/result.h"

namespace certstead {

struct SecureHeap {
  bool locked = false;  // into memory; not where RLIMIT_MEMLOCK is too low
};

// From now on OpenSSL keeps the private numbers of EC keys (with OpenSSL 3.0 not those of RSA keys, which are
// wiped when freed all the same: secure_heap_test.cc) and of key exchanges in a heap of their own of `bytes`
// (a power of two). When it is full, making such keys fails: it must be large enough for all that live at
// once, 64 bytes each. Once for a process, before its first key. kConflict if there is one already.
Result<SecureHeap> use_secure_heap(std::size_t bytes);

}  // namespace certstead
