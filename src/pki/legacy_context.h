// OpenSSL's old ciphers (RC2, single DES) for reading old files, kept away from everything else.
#pragma once

#include <openssl/types.h>

namespace certstead {

// A library context of its own with the default and the legacy provider; the default context stays without
// the latter. If the legacy module is not installed, it has the default algorithms only. Null when memory is
// short. Lives as long as the process; safe from any thread.
OSSL_LIB_CTX* legacy_context();

}  // namespace certstead
