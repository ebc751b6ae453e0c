// Session tickets as OpenSSL makes them by itself, for contexts on which we had to put a call-back although
// the program has none.
#pragma once

#include <openssl/ssl.h>

namespace certstead {

// As the ticket-key call-back of a context, under the keys that OpenSSL keeps in `context`.
int own_ticket_key(SSL_CTX* context, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                   EVP_MAC_CTX* mac, int encrypt);

}  // namespace certstead
