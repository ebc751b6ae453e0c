// Manifests as bytes, and how they are believed. docs: one encoding per value (base/codec.h), so that bytes
// can be signed.
#pragma once

#include "model/feed.h"
#include "model/manifest_signer.h"
#include "model/sealer.h"
#include "vault/identity_cache.h"

namespace certstead {

// Bounds of one manifest; what is beyond them is refused by encode and decode alike.
inline constexpr std::size_t kMaxManifestBytes = std::size_t{512} << 20;
inline constexpr std::size_t kMaxChainLength = 10;
inline constexpr std::size_t kMaxNames = 1000;  // and tags, of one credential
inline constexpr std::size_t kMaxTextBytes = 4096;
inline constexpr std::size_t kMaxBlobBytes = std::size_t{64} << 10;
// By how much the clocks of manager and member may differ.
inline constexpr std::chrono::days kManifestSkew{1};

// What the writer of a credential signs, in the context kCredentialContext: everything that a member is told
// of it but the tags (which may change while it lives), the grant, the signer and the signature, and the
// store id.
Bytes encode_signed_part(const FeedCredential& credential, std::string_view store_id);

// kInvalid ("manifest-limit", "manifest-value") if a bound is passed or a value can't be written.
Result<Bytes> encode_manifest(const Manifest& manifest);
// The exact inverse: bytes that encode_manifest would not write are refused. kInvalid ("encoding",
// "manifest-format", "manifest-limit", "manifest-value"). Memory stays within a small multiple of the input.
Result<Manifest> decode_manifest(BytesView bytes);

Result<SignedManifest> sign_manifest(Sealer& sealer, const Manifest& manifest);
// The manifest, if a manager under the root of `trusted` signed it for `member` and store `store_id`, and
// `now` is within its dates give or take kManifestSkew. kDenied: "signature", "identity-...",
// "manifest-store", "manifest-audience", "manifest-expired", "manifest-early". Whether it was seen before
// (epoch, seq) is the caller's to judge.
Result<Manifest> verify_manifest(const SignedManifest& manifest, IdentityCache& trusted,
                                 std::string_view member, std::string_view store_id, Instant now);

// The manager's port over a Sealer, which must outlive it.
class SealerManifestSigner final : public ManifestSigner {
 public:
  SealerManifestSigner(Sealer& sealer, std::string store_id)
      : sealer_(sealer), store_id_(std::move(store_id)) {}
  Result<Sealer::Signature> sign_credential(const FeedCredential& credential) override;
  // kInvalid if the manifest is of another store.
  Result<SignedManifest> sign_manifest(const Manifest& manifest) override;

 private:
  Sealer& sealer_;
  const std::string store_id_;
};

}  // namespace certstead
