#include "crypto/algorithms.h"

#include <cstdio>
#include <cstdlib>

namespace certstead {

void require_openssl(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "certstead: OpenSSL can't provide %s; check its configuration (openssl.cnf)\n", what);
  std::abort();
}

const EVP_MD* md_sha1() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  require_openssl(md != nullptr, "SHA-1");
  return md;
}

const EVP_MD* md_sha512() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  require_openssl(md != nullptr, "SHA-512");
  return md;
}

const EVP_MD* md_sha256() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require_openssl(md != nullptr, "SHA-256");
  return md;
}

const EVP_MD* md_sha384() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA384", nullptr);
  require_openssl(md != nullptr, "SHA-384");
  return md;
}

const EVP_CIPHER* cipher_aes_256_gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  require_openssl(cipher != nullptr, "AES-256-GCM");
  return cipher;
}

const EVP_CIPHER* cipher_aes_256_wrap() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-WRAP", nullptr);
  require_openssl(cipher != nullptr, "AES-256 key wrap");
  return cipher;
}

const EVP_MD* digest_of(KeyType type) { return type == KeyType::kP384 ? md_sha384() : md_sha256(); }

}  // namespace certstead
