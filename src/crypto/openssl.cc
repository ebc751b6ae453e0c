#include "crypto/openssl.h"

#include <openssl/err.h>

namespace certstead {

void clear_openssl_errors() { ERR_clear_error(); }

Error openssl_error(std::string_view what, Code code) {
  const unsigned long first = ERR_get_error();
  const char* reason = first == 0 ? nullptr : ERR_reason_error_string(first);
  ERR_clear_error();
  return {code, std::string(what) + " failed: " + (reason == nullptr ? "OpenSSL names no reason" : reason)};
}

}  // namespace certstead
