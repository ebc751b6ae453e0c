// OpenSSL's algorithms, fetched once and kept: an implicit fetch per call costs more than the work and takes
// locks.
#pragma once

#include <openssl/evp.h>

#include "base/key_type.h"

namespace certstead {

// Never null: the process ends if OpenSSL has no such algorithm, since nothing of this house works then.
const EVP_MD* md_sha1();  // for protocols that can't do without
const EVP_MD* md_sha256();
const EVP_MD* md_sha384();
const EVP_MD* md_sha512();
const EVP_CIPHER* cipher_aes_256_gcm();
const EVP_CIPHER* cipher_aes_256_wrap();
// The digest that signatures by keys of `type` use.
const EVP_MD* digest_of(KeyType type);
// Ends the process with a line on stderr unless `ok`: for calls that can't fail while memory lasts.
void require_openssl(bool ok, const char* what);

}  // namespace certstead
