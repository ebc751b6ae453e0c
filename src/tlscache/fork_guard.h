// Keeps the locks of all caches of this process whole over fork(), and opens their views in the child.
// Internal.
#pragma once

#include "tlscache/tls_cache.h"

namespace certstead {

class ForkGuard {
 public:
  // The first call registers with pthread_atfork(), for as long as the process lives.
  static void add(TlsCache::Impl* cache);
  static void remove(TlsCache::Impl* cache);
};

}  // namespace certstead
