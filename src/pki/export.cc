#include "pki/export.h"

#include <openssl/pkcs12.h>

#include "crypto/certificate.h"
#include "crypto/pem.h"

namespace certstead {
namespace {

using Pkcs8Handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedHandle = std::unique_ptr<X509_SIG, Freed<X509_SIG_free>>;
using Pkcs12Handle = std::unique_ptr<PKCS12, Freed<PKCS12_free>>;
struct StackFree {  // the certificates belong to the chain
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using StackHandle = std::unique_ptr<STACK_OF(X509), StackFree>;

constexpr int kSaltSize = 16;

// How one style is made.
struct Recipe {
  int cipher;
  const EVP_MD* mac;
  int iterations;
};
Recipe recipe_of(Pkcs12Style style) {
  if (style == Pkcs12Style::kLegacy)
    return {NID_pbe_WithSHA1And3_Key_TripleDES_CBC, EVP_sha1(), kLegacyPkcs12Iterations};
  return {NID_aes_256_cbc, EVP_sha256(), kPkcs12Iterations};
}

Status check_password(const SecretBytes& password) {
  if (!password.empty()) return Done{};
  return invalid("a key leaves encrypted only, and the password is empty; give one", "password-empty");
}

// With the zero at its end that OpenSSL's PKCS#12 wants.
SecretBytes terminated(const SecretBytes& password) {
  Bytes text;
  text.reserve(password.size() + 1);
  text.assign(password.reveal().begin(), password.reveal().end());
  text.push_back(0);
  return SecretBytes(std::move(text));
}

template <class Object, class Encode>
Result<SecretBytes> encoded(Object* object, Encode encode, std::string_view what) {
  std::uint8_t* der = nullptr;
  const int length = encode(object, &der);
  if (length <= 0) return openssl_error(what);
  SecretBytes out(BytesView(der, static_cast<std::size_t>(length)));
  OPENSSL_clear_free(der, static_cast<std::size_t>(length));
  return out;
}

Result<std::vector<Certificate>> parse_chain(const PrivateKey& key, const std::vector<Bytes>& chain) {
  if (chain.empty()) return invalid("there is no certificate to export", "chain-empty");
  std::vector<Certificate> all;
  all.reserve(chain.size());
  for (const Bytes& der : chain) {
    TRY(Certificate one, Certificate::from_der(der));
    all.push_back(std::move(one));
  }
  if (!all.front().matches(key))
    return invalid("the certificate of \"" + all.front().subject() + "\" belongs to another key",
                   "certificate-key");
  return all;
}

}  // namespace

std::string chain_to_pem(const std::vector<Bytes>& chain) {
  std::string out;
  for (const Bytes& der : chain) out += encode_pem("CERTIFICATE", der);
  return out;
}

Result<SecretBytes> key_to_pem(const PrivateKey& key, const SecretBytes& password) {
  CHECK_OK(check_password(password));
  clear_openssl_errors();
  const Pkcs8Handle clear(EVP_PKEY2PKCS8(key.native()));
  if (!clear) return openssl_error("encoding a private key");
  const BytesView text = password.reveal();
  const EncryptedHandle sealed(
      PKCS8_encrypt(-1, EVP_aes_256_cbc(), reinterpret_cast<const char*>(text.data()),
                    static_cast<int>(text.size()), nullptr, kSaltSize, kPemIterations, clear.get()));
  if (!sealed) return openssl_error("encrypting a private key");
  TRY(const SecretBytes der, encoded(sealed.get(), i2d_X509_SIG, "encoding an encrypted private key"));
  return SecretBytes(view_bytes(encode_pem("ENCRYPTED PRIVATE KEY", der.reveal())));
}

Result<SecretBytes> to_pkcs12(const PrivateKey& key, const std::vector<Bytes>& chain,
                              const SecretBytes& password, std::string_view friendly_name,
                              Pkcs12Style style) {
  CHECK_OK(check_password(password));
  TRY(const std::vector<Certificate> all, parse_chain(key, chain));
  clear_openssl_errors();
  const StackHandle rest(sk_X509_new_null());
  bool ready = rest != nullptr;
  for (std::size_t i = 1; ready && i < all.size(); ++i) ready = sk_X509_push(rest.get(), all[i].native()) > 0;
  if (!ready) return openssl_error("preparing a PKCS#12 file");
  const Recipe recipe = recipe_of(style);
  const SecretBytes word = terminated(password);
  const auto* const pass = reinterpret_cast<const char*>(word.reveal().data());
  const std::string name(friendly_name);
  constexpr int kNoMacYet = -1;
  const Pkcs12Handle file(PKCS12_create(pass, name.empty() ? nullptr : name.c_str(), key.native(),
                                        all.front().native(), rest.get(), recipe.cipher, recipe.cipher,
                                        recipe.iterations, kNoMacYet, 0));
  if (!file || PKCS12_set_mac(file.get(), pass, -1, nullptr, kSaltSize, recipe.iterations, recipe.mac) != 1)
    return openssl_error("making a PKCS#12 file");
  return encoded(file.get(), i2d_PKCS12, "encoding a PKCS#12 file");
}

}  // namespace certstead
