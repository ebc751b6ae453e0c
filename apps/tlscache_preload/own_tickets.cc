#include "own_tickets.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstring>

namespace certstead {
namespace {

// What OpenSSL's ticket call-back answers.
constexpr int kFailed = -1, kUnknownKey = 0, kGood = 1;

// As SSL_CTX_get_tlsext_ticket_keys() lays them out.
struct Keys {
  unsigned char name[16];
  unsigned char mac[32];
  unsigned char cipher[32];
};
static_assert(sizeof(Keys) == 80);

bool set_mac(EVP_MAC_CTX* mac, const Keys& keys) {
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  return EVP_MAC_init(mac, keys.mac, sizeof keys.mac, params) == 1;
}

int answer(const Keys& keys, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
           EVP_MAC_CTX* mac, bool encrypt) {
  const EVP_CIPHER* const kind = EVP_aes_256_cbc();
  if (!encrypt) {
    if (std::memcmp(keys.name, key_name, sizeof keys.name) != 0) return kUnknownKey;
    const bool ready = EVP_DecryptInit_ex(cipher, kind, nullptr, keys.cipher, iv) == 1 && set_mac(mac, keys);
    return ready ? kGood : kFailed;
  }
  std::memcpy(key_name, keys.name, sizeof keys.name);
  const bool ready = RAND_bytes(iv, EVP_CIPHER_get_iv_length(kind)) == 1 &&
                     EVP_EncryptInit_ex(cipher, kind, nullptr, keys.cipher, iv) == 1 && set_mac(mac, keys);
  return ready ? kGood : kFailed;
}

}  // namespace

int own_ticket_key(SSL_CTX* context, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                   EVP_MAC_CTX* mac, int encrypt) {
  Keys keys{};
  if (SSL_CTX_get_tlsext_ticket_keys(context, &keys, sizeof keys) != 1)
    return encrypt != 0 ? kFailed : kUnknownKey;
  const int out = answer(keys, key_name, iv, cipher, mac, encrypt != 0);
  OPENSSL_cleanse(&keys, sizeof keys);
  return out;
}

}  // namespace certstead
