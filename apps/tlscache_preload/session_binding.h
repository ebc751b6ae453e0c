// What a session is bound to, kept within the session: the caches of some programs forget it. HAProxy's takes
// it out before it stores a session, and puts its own name in its place, in what it stores and in the session
// that OpenSSL makes the next ticket of.
#pragma once

#include <openssl/ssl.h>

namespace certstead {

// While the session of this handshake is nobody else's yet: from the certificate's call-back. Nothing is kept
// where the program keeps something of its own with the session; it is bound then as the program's cache
// says.
void keep_binding(SSL* ssl);
// Binds it again to what was kept. Null is allowed.
void restore_binding(SSL_SESSION* session);

}  // namespace certstead
