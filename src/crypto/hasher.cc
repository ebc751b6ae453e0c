#include "crypto/hasher.h"

#include "crypto/algorithms.h"

namespace certstead {

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) {
  require_openssl(context_ && EVP_DigestInit_ex(context_.get(), md_sha256(), nullptr) == 1, "SHA-256");
}

void Sha256Hasher::add(BytesView piece) {
  require_openssl(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1, "SHA-256");
}

Bytes Sha256Hasher::finish() {
  Bytes digest(32);
  require_openssl(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1, "SHA-256");
  return digest;
}

}  // namespace certstead
