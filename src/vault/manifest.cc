#include "vault/manifest.h"

#include "base/text.h"
#include "vault/signature.h"

namespace certstead {
namespace {

Status check_audience(const Manifest& manifest, std::string_view member, std::string_view store_id) {
  if (manifest.store_id != store_id) {
    return denied("the manifest is of store " + printable(manifest.store_id) + ", not of " +
                      printable(store_id) + "; join this member to the manager again if it was moved",
                  "manifest-store");
  }
  if (manifest.audience != member) {
    return denied(
        "the manifest is for member " + printable(manifest.audience) + ", not for " + printable(member),
        "manifest-audience");
  }
  return Done{};
}

Status check_age(const Manifest& manifest, Instant now) {
  if (now + kManifestSkew < manifest.issued) {
    return denied("the manifest was issued at " + to_rfc3339(manifest.issued) +
                      ", more than a day ahead of " + to_rfc3339(now) +
                      "; check the clocks of this member and of the manager",
                  "manifest-early");
  }
  if (now - kManifestSkew > manifest.expires) {
    return denied("the manifest expired at " + to_rfc3339(manifest.expires) + ", and it is " +
                      to_rfc3339(now) +
                      "; pull a new one, and check the clocks of this member and of the manager",
                  "manifest-expired");
  }
  return Done{};
}

}  // namespace

Result<SignedManifest> sign_manifest(Sealer& sealer, const Manifest& manifest) {
  TRY(Bytes bytes, encode_manifest(manifest));
  TRY(Sealer::Signature signature, sealer.sign(kManifestContext, bytes));
  return SignedManifest{std::move(bytes), std::move(signature.signer), std::move(signature.bytes)};
}

Result<Manifest> verify_manifest(const SignedManifest& manifest, IdentityCache& trusted,
                                 std::string_view member, std::string_view store_id, Instant now) {
  CHECK_OK(verify_manager_signature(trusted, kManifestContext, manifest.bytes,
                                    {manifest.signer, manifest.signature}, now));
  TRY(Manifest decoded, decode_manifest(manifest.bytes));
  CHECK_OK(check_audience(decoded, member, store_id));
  CHECK_OK(check_age(decoded, now));
  return decoded;
}

Result<Sealer::Signature> SealerManifestSigner::sign_credential(const FeedCredential& credential) {
  return sealer_.sign(kCredentialContext, encode_signed_part(credential, store_id_));
}

Result<SignedManifest> SealerManifestSigner::sign_manifest(const Manifest& manifest) {
  if (manifest.store_id != store_id_) {
    return invalid(
        "a manifest of store " + printable(manifest.store_id) + " can't be signed for store " + store_id_,
        "manifest-store");
  }
  return certstead::sign_manifest(sealer_, manifest);
}

}  // namespace certstead
