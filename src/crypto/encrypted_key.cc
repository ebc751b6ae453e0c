#include "crypto/encrypted_key.h"

#include <openssl/pkcs12.h>

#include "crypto/random.h"

namespace certstead {
namespace {

using Pkcs8Handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedHandle = std::unique_ptr<X509_SIG, Freed<X509_SIG_free>>;
using AlgorithmHandle = std::unique_ptr<X509_ALGOR, Freed<X509_ALGOR_free>>;
using Pbes2Handle = std::unique_ptr<PBE2PARAM, Freed<PBE2PARAM_free>>;
using ScryptHandle = std::unique_ptr<SCRYPT_PARAMS, Freed<SCRYPT_PARAMS_free>>;

constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kMostBytes = 8192;  // RSA-4096 takes 2.5 kB

const char* chars_of(const SecretBytes& password) {
  return reinterpret_cast<const char*>(password.reveal().data());
}

bool is_number(const ASN1_INTEGER* number, std::uint64_t expected) {
  std::uint64_t value = 0;
  return number != nullptr && ASN1_INTEGER_get_uint64(&value, number) == 1 && value == expected;
}

// Whether these are the parameters that encrypt_key writes; a planted row must not make us derive for hours.
bool is_our_scheme(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  int type = 0;
  const void* parameter = nullptr;
  X509_ALGOR_get0(&object, &type, &parameter, algorithm);
  if (OBJ_obj2nid(object) != NID_pbes2 || type != V_ASN1_SEQUENCE) return false;
  const Pbes2Handle pbes2(static_cast<PBE2PARAM*>(
      ASN1_item_unpack(static_cast<const ASN1_STRING*>(parameter), ASN1_ITEM_rptr(PBE2PARAM))));
  if (pbes2 == nullptr) return false;
  X509_ALGOR_get0(&object, nullptr, nullptr, pbes2->encryption);
  if (OBJ_obj2nid(object) != NID_aes_256_cbc) return false;
  X509_ALGOR_get0(&object, &type, &parameter, pbes2->keyfunc);
  if (OBJ_obj2nid(object) != NID_id_scrypt || type != V_ASN1_SEQUENCE) return false;
  const ScryptHandle scrypt(static_cast<SCRYPT_PARAMS*>(
      ASN1_item_unpack(static_cast<const ASN1_STRING*>(parameter), ASN1_ITEM_rptr(SCRYPT_PARAMS))));
  return scrypt != nullptr && is_number(scrypt->costParameter, kScryptN) &&
         is_number(scrypt->blockSize, kScryptR) && is_number(scrypt->parallelizationParameter, kScryptP);
}

}  // namespace

Result<Bytes> encrypt_key(const PrivateKey& key, const SecretBytes& password) {
  if (password.empty())
    return invalid("a key is encrypted under a password, and it is empty", "password-empty");
  clear_openssl_errors();
  const Pkcs8Handle plain(EVP_PKEY2PKCS8(key.native()));
  Bytes salt = random_bytes(kSaltSize);
  AlgorithmHandle scheme(PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt.data(), static_cast<int>(salt.size()),
                                               nullptr, kScryptN, kScryptR, kScryptP));
  if (plain == nullptr || scheme == nullptr) return openssl_error("encrypting a key");
  const EncryptedHandle encrypted(
      PKCS8_set0_pbe(chars_of(password), static_cast<int>(password.size()), plain.get(), scheme.get()));
  if (encrypted == nullptr) return openssl_error("encrypting a key");
  static_cast<void>(scheme.release());  // the result's now
  std::uint8_t* der = nullptr;
  const int length = i2d_X509_SIG(encrypted.get(), &der);
  if (length <= 0) return openssl_error("encrypting a key");
  Bytes out(der, der + length);
  OPENSSL_free(der);
  return out;
}

Result<PrivateKey> decrypt_key(BytesView der, const SecretBytes& password) {
  const auto not_ours = [] { return invalid("it is no key that was encrypted here", "key-encrypted"); };
  if (der.size() > kMostBytes) return not_ours();
  clear_openssl_errors();
  const std::uint8_t* at = der.data();
  const EncryptedHandle encrypted(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (encrypted == nullptr || at != der.data() + der.size()) return not_ours();
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(encrypted.get(), &algorithm, nullptr);
  if (!is_our_scheme(algorithm)) return not_ours();
  const Pkcs8Handle plain(
      PKCS8_decrypt(encrypted.get(), chars_of(password), static_cast<int>(password.size())));
  const EvpKey key(plain == nullptr ? nullptr : EVP_PKCS82PKEY(plain.get()));
  clear_openssl_errors();
  if (key == nullptr) return denied("the password is wrong", "key-password");
  std::uint8_t* clear = nullptr;
  const int length = i2d_PrivateKey(key.get(), &clear);
  if (length <= 0) return openssl_error("reading a key");
  const SecretBytes copy(BytesView(clear, static_cast<std::size_t>(length)));
  OPENSSL_clear_free(clear, static_cast<std::size_t>(length));
  return PrivateKey::from_der(copy.reveal());
}

}  // namespace certstead
