#include "crypto/aead.h"

#include <algorithm>

#include "crypto/algorithms.h"
#include "crypto/openssl.h"
#include "crypto/random.h"

namespace certstead {
namespace {

constexpr std::size_t kKeyLength = 32;
constexpr std::size_t kNonceLength = 12;
constexpr std::size_t kTagLength = 16;
// OpenSSL counts in int; a gigabyte is far above anything that is sealed here.
constexpr std::size_t kMaxLength = std::size_t{1} << 30;

Status check_sizes(const SecretBytes& key, BytesView text, BytesView associated) {
  if (key.size() != kKeyLength) return internal("an AES-256-GCM key must have 32 bytes");
  if (text.size() > kMaxLength || associated.size() > kMaxLength)
    return invalid("more than 1 GiB can't be sealed at once; split it");
  return Done{};
}

// Key, nonce and associated data set; ready for the text.
Result<EvpCipherContext> start(bool seal, const SecretBytes& key, const std::uint8_t* nonce,
                               BytesView associated) {
  EvpCipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  if (!context || EVP_CipherInit_ex2(context.get(), cipher_aes_256_gcm(), key.reveal().data(), nonce,
                                     seal ? 1 : 0, nullptr) != 1)
    return openssl_error("starting AES-256-GCM");
  // Zero bytes are not passed on: with a null pointer OpenSSL would take the call for something else.
  if (!associated.empty() && EVP_CipherUpdate(context.get(), nullptr, &length, associated.data(),
                                              static_cast<int>(associated.size())) != 1)
    return openssl_error("authenticating with AES-256-GCM");
  return context;
}

}  // namespace

Result<Bytes> aead_seal(const SecretBytes& key, BytesView plaintext, BytesView associated) {
  CHECK_OK(check_sizes(key, plaintext, associated));
  clear_openssl_errors();
  Bytes sealed = random_bytes(kNonceLength);
  sealed.resize(kNonceLength + plaintext.size() + kTagLength);
  TRY(const EvpCipherContext context, start(true, key, sealed.data(), associated));
  std::uint8_t* const text = sealed.data() + kNonceLength;
  std::uint8_t* const tag = text + plaintext.size();
  int length = 0;
  if (!plaintext.empty() && EVP_CipherUpdate(context.get(), text, &length, plaintext.data(),
                                             static_cast<int>(plaintext.size())) != 1)
    return openssl_error("encrypting with AES-256-GCM");
  if (EVP_CipherFinal_ex(context.get(), tag, &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagLength, tag) != 1)
    return openssl_error("encrypting with AES-256-GCM");
  return sealed;
}

Result<SecretBytes> aead_open(const SecretBytes& key, BytesView sealed, BytesView associated) {
  const Error refused =
      denied("sealed bytes don't open: they were changed, or belong to another key or place");
  if (sealed.size() < kNonceLength + kTagLength) return refused;
  const BytesView text = sealed.subspan(kNonceLength, sealed.size() - kNonceLength - kTagLength);
  CHECK_OK(check_sizes(key, text, associated));
  clear_openssl_errors();
  TRY(const EvpCipherContext context, start(false, key, sealed.data(), associated));
  // OpenSSL wants the tag writable.
  Bytes tag(sealed.end() - kTagLength, sealed.end());
  Bytes plaintext(text.size());
  int length = 0;
  std::uint8_t none[kTagLength] = {};
  const bool opened =
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagLength, tag.data()) == 1 &&
      (text.empty() || EVP_CipherUpdate(context.get(), plaintext.data(), &length, text.data(),
                                        static_cast<int>(text.size())) == 1) &&
      EVP_CipherFinal_ex(context.get(), none, &length) == 1;
  if (opened) return SecretBytes(std::move(plaintext));
  wipe(plaintext);
  clear_openssl_errors();
  return refused;
}

}  // namespace certstead
