#include "vault/identity_name.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::array<std::string_view, 4> kRoleNames = {"manager", "member", "store-key", "export"};
constexpr std::size_t kMaxIdLength = 50;  // with "store-key/" before it, it fits a common name (64)

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.';
}

std::string described(const Certificate& certificate) {
  return "the certificate of " + certificate.subject();
}

Status check_dates(const Certificate& certificate, Instant now) {
  if (now < certificate.not_before()) {
    return denied(described(certificate) + " is not valid before " + to_rfc3339(certificate.not_before()) +
                      "; check the clock",
                  "identity-dates");
  }
  if (now > certificate.not_after()) {
    return denied(described(certificate) + " ended at " + to_rfc3339(certificate.not_after()) +
                      "; renew this identity with the fleet CA, or check the clock",
                  "identity-dates");
  }
  return Done{};
}

}  // namespace

std::string_view role_name(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

Result<Role> parse_role(std::string_view text) {
  const auto* const at = std::find(kRoleNames.begin(), kRoleNames.end(), text);
  if (at == kRoleNames.end()) {
    return invalid("\"" + printable(text) + "\" is no role; there are manager, member, store-key and export",
                   "identity-role");
  }
  return static_cast<Role>(at - kRoleNames.begin());
}

Status check_identity_id(std::string_view id) {
  const bool fits = !id.empty() && id.size() <= kMaxIdLength && id.front() != '.';
  if (fits && std::all_of(id.begin(), id.end(), is_id_character)) return Done{};
  return invalid(
      "\"" + printable(id) +
          "\" can't be an identity's id; use 1 to 50 letters, digits, '_', '-' and '.', the first no '.'",
      "identity-id");
}

std::string identity_common_name(const IdentityName& name) {
  return std::string(role_name(name.role)) + "/" + name.id;
}

std::string identity_host_name(Role role, IdentityUse use) {
  const std::string base = std::string(role_name(role)) + ".certstead.invalid";
  return use == IdentityUse::kSealing ? "sealing." + base : base;
}

Result<IdentityName> read_identity_name(const Certificate& certificate, IdentityUse use) {
  const std::string& text = certificate.subject_common_name();
  const std::size_t slash = text.find('/');
  const auto role = parse_role(std::string_view(text).substr(0, slash));
  if (slash != std::string::npos && role && !certificate.is_ca()) {
    IdentityName name{*role, text.substr(slash + 1)};
    const std::vector<std::string> host = {identity_host_name(name.role, use)};
    if (check_identity_id(name.id) && certificate.dns_names() == host) return name;
  }
  return denied(described(certificate) + " is not that of an identity for " +
                    (use == IdentityUse::kSealing ? "sealing" : "signing"),
                "identity-name");
}

Status check_issued_by(const Certificate& certificate, const Certificate& root) {
  if (certificate.is_signed_by(root)) return Done{};
  return denied(described(certificate) + " was not issued by the fleet CA " + root.subject(),
                "identity-untrusted");
}

Status check_identity_claims(const Certificate& certificate, const Certificate& root,
                             const IdentityName& expected, IdentityUse use, std::optional<Instant> now) {
  TRY(const IdentityName name, read_identity_name(certificate, use));
  if (name != expected) {
    return denied(described(certificate) + " is not that of " + printable(identity_common_name(expected)),
                  "identity-other");
  }
  if (!now) return Done{};
  CHECK_OK(check_dates(root, *now));
  return check_dates(certificate, *now);
}

Result<IdentityName> trusted_identity_name(const Certificate& certificate, const Certificate& root,
                                           IdentityUse use, std::optional<Instant> now) {
  CHECK_OK(check_issued_by(certificate, root));
  TRY(IdentityName name, read_identity_name(certificate, use));
  CHECK_OK(check_identity_claims(certificate, root, name, use, now));
  return name;
}

Status verify_identity_certificate(const Certificate& certificate, const Certificate& root,
                                   const IdentityName& expected, IdentityUse use,
                                   std::optional<Instant> now) {
  CHECK_OK(check_issued_by(certificate, root));
  return check_identity_claims(certificate, root, expected, use, now);
}

}  // namespace certstead
