#include "vault/signature.h"

#include "base/codec.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr std::uint8_t kSignatureFormat = 1;

// The signer's id is inside: nobody can put another manager's name on a signature.
Bytes signed_bytes(std::string_view signer, std::string_view context, BytesView message) {
  return Encoder().text("certstead-signature-1").text(signer).text(context).bytes(message).take();
}

}  // namespace

Result<Sealer::Signature> sign_as_manager(const Identity& manager, std::string_view context,
                                          BytesView message, Instant now) {
  if (manager.role != Role::kManager) {
    return denied("only managers sign; " + identity_common_name(manager.name()) + " is none",
                  "identity-role");
  }
  CHECK_OK(check_identity_claims(manager.signing.certificate, manager.root, manager.name(),
                                 IdentityUse::kSigning, now));
  TRY(const Bytes raw, manager.signing.key.sign(signed_bytes(manager.id, context, message)));
  Bytes blob = Encoder().u8(kSignatureFormat).bytes(manager.signing.certificate.der()).bytes(raw).take();
  return Sealer::Signature{manager.id, std::move(blob)};
}

Status verify_manager_signature(IdentityCache& trusted, std::string_view context, BytesView message,
                                const Sealer::Signature& signature, std::optional<Instant> now) {
  Decoder in(signature.bytes);
  const std::uint8_t format = in.u8();
  const BytesView der = in.bytes();
  const BytesView raw = in.bytes();
  const auto refused = [&] {
    return denied("the " + std::string(context) + " does not carry a signature of manager " +
                      printable(signature.signer) + "; it was changed, or written by somebody else",
                  "signature");
  };
  if (!in.finish() || format != kSignatureFormat) return refused();
  const auto certificate = trusted.check(der, {Role::kManager, signature.signer}, IdentityUse::kSigning, now);
  if (!certificate) {
    Error error = certificate.error().within("the signer of this " + std::string(context));
    error.code = Code::kDenied;  // also when its bytes are no certificate at all
    return error;
  }
  if (!certificate->public_key().verify(signed_bytes(signature.signer, context, message), raw))
    return refused();
  return Done{};
}

}  // namespace certstead
