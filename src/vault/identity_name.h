// Who an identity is, as its certificate says it: role and id in the common name "member/<id>", and role and
// use in one dNSName, "member.certstead.invalid" (signing, TLS) or "sealing.member.certstead.invalid". The
// dNSName lets any TLS stack check the role of its peer as a host name; ".invalid" (RFC 6761) keeps it out of
// the real name space.
#pragma once

#include <string>

#include "base/clock.h"
#include "crypto/certificate.h"

namespace certstead {

enum class Role { kManager, kMember, kStoreKey, kExport };
std::string_view role_name(Role role);  // "manager", "member", "store-key", "export"
Result<Role> parse_role(std::string_view text);

// What the key of an identity certificate is for. An identity has one key pair for each, so that the signing
// key can be renewed freely while grants stand.
enum class IdentityUse { kSealing, kSigning };

struct IdentityName {
  Role role = Role::kMember;
  std::string id;  // 1 to 50 of A-Z a-z 0-9 _ - . ; compared with upper and lower case told apart
  bool operator==(const IdentityName&) const = default;
};
// kInvalid, saying what an id may hold.
Status check_identity_id(std::string_view id);

std::string identity_common_name(const IdentityName& name);
std::string identity_host_name(Role role, IdentityUse use);

// The name in a certificate that was made for `use`, read without checking who issued it. kDenied
// ("identity-name").
Result<IdentityName> read_identity_name(const Certificate& certificate, IdentityUse use);

// What the issuing fleet root vouches for: `certificate` is signed by `root` itself and made for `use`. With
// `now`, both must be within their dates. kDenied: "identity-untrusted", "identity-name", "identity-dates".
Result<IdentityName> trusted_identity_name(const Certificate& certificate, const Certificate& root,
                                           IdentityUse use, std::optional<Instant> now);

// The same, and role and id are these. kDenied, also "identity-other".
Status verify_identity_certificate(const Certificate& certificate, const Certificate& root,
                                   const IdentityName& expected, IdentityUse use, std::optional<Instant> now);

// The two halves of verify_identity_certificate: who issued it (dear), and all the rest (cheap).
Status check_issued_by(const Certificate& certificate, const Certificate& root);
Status check_identity_claims(const Certificate& certificate, const Certificate& root,
                             const IdentityName& expected, IdentityUse use, std::optional<Instant> now);

}  // namespace certstead
