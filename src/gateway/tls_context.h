// The TLS side of a listener that faces the internet.
#pragma once

#include <openssl/ssl.h>

#include <functional>

#include "crypto/openssl.h"

namespace certstead {

// TLS 1.2 and 1.3 only, forward-secret AEAD suites, no compression, no renegotiation, no early data, one
// ticket per handshake; speaks HTTP/1.1 to clients that ask by ALPN. `prepare` then gives it certificates.
// Errors: kInternal, those of `prepare`.
Result<std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>> make_tls_context(
    const std::function<Status(SSL_CTX*)>& prepare);

}  // namespace certstead
