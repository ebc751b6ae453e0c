#include "vault/sealed_content.h"

#include "base/codec.h"
#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/cms.h"
#include "crypto/random.h"
#include "vault/signature.h"

namespace certstead {
namespace {

constexpr std::uint8_t kAes256Gcm = 1;
constexpr std::size_t kContentKeySize = 32;

std::string place(const SecretRef& ref) {
  return printable(ref.table + "/" + ref.record + "/" + ref.field + " version " +
                   std::to_string(ref.version));
}

Encoder& put_ref(Encoder& out, const SecretRef& ref) {
  return out.text(ref.table).text(ref.record).text(ref.field).i64(ref.version);
}

Bytes associated(std::string_view store_id, const SecretRef& ref) {
  Encoder out;
  out.text("certstead-sealed-1").text(store_id);
  return put_ref(out, ref).text("A256GCM").take();
}

}  // namespace

SecretBytes make_content_key() { return random_secret(kContentKeySize); }

Result<Bytes> seal_content(const SecretBytes& content_key, const SecretBytes& secret,
                           std::string_view store_id, const SecretRef& ref) {
  TRY(Bytes sealed, aead_seal(content_key, secret.reveal(), associated(store_id, ref)));
  sealed.insert(sealed.begin(), kAes256Gcm);
  return sealed;
}

Result<SecretBytes> open_content(const SecretBytes& content_key, BytesView content, std::string_view store_id,
                                 const SecretRef& ref) {
  if (!content.empty() && content[0] == kAes256Gcm && content_key.size() == kContentKeySize) {
    auto opened = aead_open(content_key, content.subspan(1), associated(store_id, ref));
    if (opened) return opened;
  }
  return denied(
      "the secret " + place(ref) + " does not open: it was changed or moved, or the grant is not its own",
      "sealed");
}

Bytes signed_secret(std::string_view store_id, const SecretRef& ref, BytesView content) {
  Encoder out;
  out.text(store_id);
  return put_ref(out, ref).bytes(content).take();
}

Status verify_secret(IdentityCache& trusted, std::string_view store_id, const SealedSecret& secret) {
  const auto verified =
      verify_manager_signature(trusted, kSecretContext, signed_secret(store_id, secret.ref, secret.content),
                               {secret.signer, secret.signature}, std::nullopt);
  if (!verified) return verified.error().within(place(secret.ref));
  return Done{};
}

Result<Grant> make_grant(const SecretRef& ref, const SecretBytes& content_key, std::string_view recipient,
                         const Certificate& certificate) {
  TRY(Bytes envelope, cms_seal(content_key, certificate));
  return Grant{ref, std::string(recipient), std::move(envelope)};
}

Result<OpenedSecret> open_granted(const SealedSecret& secret, std::string_view store_id, const Grant& grant,
                                  std::string_view recipient, const Certificate& certificate,
                                  const PrivateKey& key) {
  if (grant.recipient != recipient || grant.ref != secret.ref) {
    return denied("the grant of " + place(grant.ref) + " for " + printable(grant.recipient) +
                      " is not that of " + place(secret.ref) + " for " + printable(recipient),
                  "grant");
  }
  auto content_key = cms_open(grant.envelope, certificate, key);
  if (!content_key) {
    return denied("the grant of " + place(grant.ref) + " does not open for " + printable(recipient) +
                      ": it was changed, or made for another key; grant it again",
                  "grant");
  }
  TRY(SecretBytes opened, open_content(*content_key, secret.content, store_id, secret.ref));
  return OpenedSecret{std::move(*content_key), std::move(opened)};
}

}  // namespace certstead
