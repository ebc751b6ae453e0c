#include "backup/key_file.h"

#include <openssl/pkcs12.h>

#include "base/text.h"
#include "crypto/issue.h"
#include "crypto/pem.h"
#include "pki/export.h"
#include "vault/fleet_ca.h"

namespace certstead {
namespace {

constexpr std::string_view kKeyLabel = "ENCRYPTED PRIVATE KEY";
constexpr std::chrono::days kLife{30 * 365};
constexpr std::int64_t kMostRounds = 5'000'000;

using SigHandle = std::unique_ptr<X509_SIG, Freed<X509_SIG_free>>;
using Pkcs8Handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<PKCS8_PRIV_KEY_INFO_free>>;
using Pbes2Handle = std::unique_ptr<PBE2PARAM, Freed<PBE2PARAM_free>>;
using Pbkdf2Handle = std::unique_ptr<PBKDF2PARAM, Freed<PBKDF2PARAM_free>>;

Error no_key_file(std::string_view why) {
  return invalid("this is no key file of a backup recipient: " + std::string(why), "key-file");
}

// PBES2 with PBKDF2 as we write it: other ways may cost any time and memory.
bool is_affordable(const X509_SIG* sealed) {
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(sealed, &algorithm, nullptr);
  if (OBJ_obj2nid(algorithm->algorithm) != NID_pbes2) return false;
  const Pbes2Handle scheme(
      static_cast<PBE2PARAM*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter)));
  if (!scheme || OBJ_obj2nid(scheme->keyfunc->algorithm) != NID_id_pbkdf2) return false;
  const Pbkdf2Handle derivation(static_cast<PBKDF2PARAM*>(
      ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), scheme->keyfunc->parameter)));
  std::int64_t rounds = 0;
  return derivation && ASN1_INTEGER_get_int64(&rounds, derivation->iter) == 1 && rounds > 0 &&
         rounds <= kMostRounds;
}

Result<PrivateKey> open_key(BytesView der, const SecretBytes& password) {
  clear_openssl_errors();
  const std::uint8_t* at = der.data();
  const SigHandle sealed(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!sealed || at != der.data() + der.size() || !is_affordable(sealed.get())) {
    clear_openssl_errors();
    return no_key_file("its key is not sealed as Certstead does it");
  }
  const std::string_view text = view_text(password.reveal());
  const Pkcs8Handle opened(PKCS8_decrypt(sealed.get(), text.data(), static_cast<int>(text.size())));
  clear_openssl_errors();
  if (!opened) return denied("the password does not open the key file", "password-wrong");
  std::uint8_t* clear = nullptr;
  const int length = i2d_PKCS8_PRIV_KEY_INFO(opened.get(), &clear);
  if (length <= 0) return openssl_error("reading the key of a key file");
  const SecretBytes key{BytesView(clear, static_cast<std::size_t>(length))};
  OPENSSL_clear_free(clear, static_cast<std::size_t>(length));
  return PrivateKey::from_der(key.reveal());
}

}  // namespace

Result<RecoveryKey> make_recovery_key(std::string_view name, const Certificate& fleet_root, Instant now) {
  CHECK_OK(check_identity_id(name));
  TRY(PrivateKey key, PrivateKey::generate(KeyType::kP256));
  const CertificateTemplate content{
      .common_name = "backup/" + std::string(name),
      .public_key = key.public_key(),
      .not_before = now - kIdentityBackdating,
      .not_after = now + kLife,
      .key_agreement = true,
  };
  TRY(Certificate certificate, issue_certificate(content, key, std::nullopt));
  return RecoveryKey{std::move(key), std::move(certificate), fleet_root};
}

Result<SecretBytes> recovery_key_to_text(const RecoveryKey& key, const SecretBytes& password) {
  if (password.size() < kLeastPassword) {
    return invalid("the password of a recovery key must have " + std::to_string(kLeastPassword) +
                       " characters or more: it alone protects every key in the backup",
                   "password-short");
  }
  TRY(const SecretBytes sealed, key_to_pem(key.key, password));
  const std::string rest = key.certificate.to_pem() + key.fleet_root.to_pem();
  Bytes out(sealed.reveal().begin(), sealed.reveal().end());
  out.insert(out.end(), rest.begin(), rest.end());
  return SecretBytes(std::move(out));
}

Result<RecoveryKey> recovery_key_from_text(const SecretBytes& text, const SecretBytes& password) {
  std::string_view left = view_text(text.reveal());
  const auto block = next_pem_block(left);
  if (!block || block->label != kKeyLabel)
    return no_key_file("it does not begin with an encrypted private key");
  TRY(const SecretBytes der, decode_pem(*block));
  TRY(const auto certificates, Certificate::all_from_pem(left));
  if (certificates.size() != 2) return no_key_file("it must hold two certificates behind the key");
  TRY(PrivateKey key, open_key(der.reveal(), password));
  if (!certificates[0].matches(key)) return no_key_file("its certificate is another key's");
  return RecoveryKey{std::move(key), certificates[0], certificates[1]};
}

}  // namespace certstead
