#include "vault/member_vault.h"

#include "base/text.h"
#include "vault/manifest.h"
#include "vault/sealed_content.h"
#include "vault/signature.h"

namespace certstead {

MemberVault::MemberVault(Identity member, std::string store_id)
    : member_(std::move(member)), store_id_(std::move(store_id)), trusted_(member_.root) {}

Status MemberVault::verify(const FeedCredential& credential) {
  const auto verified =
      verify_manager_signature(trusted_, kCredentialContext, encode_signed_part(credential, store_id_),
                               {credential.signer, credential.signature}, std::nullopt);
  if (!verified) return verified.error().within("credential " + printable(credential.version_id));
  return Done{};
}

Result<SecretBytes> MemberVault::open_key(const FeedCredential& credential) {
  CHECK_OK(verify(credential));
  if (!credential.grant) {
    return denied("the key of credential " + printable(credential.version_id) + " is not granted to " +
                      member_.id + "; give this member access to its set",
                  "grant");
  }
  return open(credential.key, *credential.grant);
}

Result<SecretBytes> MemberVault::open(const SealedSecret& secret, const Grant& grant) {
  CHECK_OK(verify_secret(trusted_, store_id_, secret));
  TRY(OpenedSecret opened,
      open_granted(secret, store_id_, grant, member_.id, member_.sealing.certificate, member_.sealing.key));
  return std::move(opened.secret);
}

}  // namespace certstead
