#include "tlscache/selection.h"

#include <algorithm>
#include <tuple>

namespace certstead {
namespace {

// SignatureScheme and NamedGroup (RFC 8446 sections 4.2.3 and 4.2.7).
constexpr std::uint16_t kEcdsaP256Sha256 = 0x0403, kEcdsaP384Sha384 = 0x0503;
constexpr std::uint16_t kEcdsa[] = {0x0403, 0x0503, 0x0603};
constexpr std::uint16_t kRsaPkcs1[] = {0x0401, 0x0501, 0x0601};
constexpr std::uint16_t kRsaPssRsae[] = {0x0804, 0x0805, 0x0806};
constexpr std::uint16_t kGroupP256 = 23, kGroupP384 = 24;

struct Found {
  MatchReason reason = MatchReason::kNone;
  std::vector<CredentialRef> credentials;
};

bool has(const std::vector<std::uint16_t>& list, std::uint16_t number) {
  return std::find(list.begin(), list.end(), number) != list.end();
}

template <std::size_t N>
bool has_any(const std::vector<std::uint16_t>& list, const std::uint16_t (&numbers)[N]) {
  return std::any_of(std::begin(numbers), std::end(numbers),
                     [&](std::uint16_t number) { return has(list, number); });
}

bool can_verify_rsa(const ClientHello& hello) {
  if (!hello.rsa_suites) return false;
  if (!hello.signature_algorithms) return !hello.tls13;
  // TLS 1.3 signs its handshake with PSS only (RFC 8446 section 4.2.3).
  if (has_any(*hello.signature_algorithms, kRsaPssRsae)) return true;
  return !hello.tls13 && has_any(*hello.signature_algorithms, kRsaPkcs1);
}

bool can_verify_ecdsa(const ClientHello& hello, std::uint16_t scheme, std::uint16_t curve) {
  if (!hello.ecdsa_suites) return false;
  if (hello.tls13) return hello.signature_algorithms && has(*hello.signature_algorithms, scheme);
  // In TLS 1.2 a scheme names no curve (RFC 8446 section 4.2.3); the groups limit the curves of certificates
  // (RFC 8422 section 5.1.1).
  if (hello.signature_algorithms && !has_any(*hello.signature_algorithms, kEcdsa)) return false;
  return !hello.groups || has(*hello.groups, curve);
}

Preference preference(const ClientHello& hello, const ServePolicy& policy) {
  if (hello.signature_algorithms) return policy.prefer;
  if (policy.prefer_unasked) return *policy.prefer_unasked;
  return policy.protocol == "http" ? Preference::kEcdsa : Preference::kRsa;
}

Result<Found> by_name(const DomainName& host, const CredentialIndex& index) {
  TRY(NameMatch match, index.find(host));
  switch (match.kind) {
    case MatchKind::kNone:
      return Found{};
    case MatchKind::kExact:
      return Found{MatchReason::kExact, std::move(match.credentials)};
    case MatchKind::kWildcard:
      return Found{MatchReason::kWildcard, std::move(match.credentials)};
  }
  return Found{};
}

// What carries the tag; else, if the tag is a host name or "*.name", what has that name.
Result<std::vector<CredentialRef>> by_tag(const std::string& tag, const CredentialIndex& index) {
  TRY(std::vector<CredentialRef> tagged, index.find_tag(tag));
  if (!tagged.empty()) return tagged;
  const Result<HostPattern> pattern = HostPattern::parse(tag);
  if (!pattern) return tagged;
  if (pattern->is_wildcard()) return index.find_pattern(*pattern);
  TRY(NameMatch match, index.find(pattern->domain()));
  return std::move(match.credentials);
}

Result<Found> by_listener(const ServePolicy& policy, std::string_view address, const CredentialIndex& index) {
  if (!address.empty()) {
    TRY(std::vector<CredentialRef> found, index.find_tag(address));
    if (!found.empty()) return Found{MatchReason::kAddress, std::move(found)};
  }
  if (policy.tag.empty()) return Found{};
  TRY(std::vector<CredentialRef> found, by_tag(policy.tag, index));
  if (found.empty()) return Found{};
  return Found{MatchReason::kTag, std::move(found)};
}

// One slot per kind of key: the default name's credential, else the default tag's.
Result<Found> by_default(const ServePolicy& policy, const CredentialIndex& index) {
  Found out{MatchReason::kDefault, {}};
  if (policy.default_name) {
    TRY(NameMatch match, index.find(*policy.default_name));
    out.credentials = std::move(match.credentials);
  }
  if (policy.default_tag.empty()) return out;
  TRY(const std::vector<CredentialRef> tagged, index.find_tag(policy.default_tag));
  const std::vector<CredentialRef> named = out.credentials;
  for (const CredentialRef& ref : tagged) {
    const bool filled = std::any_of(named.begin(), named.end(), [&](const CredentialRef& n) {
      return is_rsa(n.key_type) == is_rsa(ref.key_type);
    });
    if (!filled) out.credentials.push_back(ref);
  }
  return out;
}

Result<Found> look_up(const ClientHello& hello, const ServePolicy& policy, std::string_view address,
                      const CredentialIndex& index) {
  Found found;
  if (hello.server_name) {
    TRY(found, by_name(*hello.server_name, index));
  } else if (!hello.server_name_text) {
    TRY(found, by_listener(policy, address, index));
  }
  const bool refuse = hello.server_name_text && policy.on_unknown_name == OnUnknownName::kRefuse;
  if (!found.credentials.empty() || refuse) return found;
  return by_default(policy, index);
}

}  // namespace

bool can_verify(const ClientHello& hello, KeyType type) {
  switch (type) {
    case KeyType::kP256:
      return can_verify_ecdsa(hello, kEcdsaP256Sha256, kGroupP256);
    case KeyType::kP384:
      return can_verify_ecdsa(hello, kEcdsaP384Sha384, kGroupP384);
    case KeyType::kRsa2048:
    case KeyType::kRsa3072:
    case KeyType::kRsa4096:
      return can_verify_rsa(hello);
  }
  return false;
}

Result<Selection> select_credential(const ClientHello& hello, const ServePolicy& policy,
                                    std::string_view local_address, const CredentialIndex& index,
                                    Instant now) {
  TRY(const Found found, look_up(hello, policy, local_address, index));
  if (found.credentials.empty()) {
    return Selection{hello.server_name_text ? Outcome::kUnknownName : Outcome::kNothing};
  }
  const bool rsa_first = preference(hello, policy) == Preference::kRsa;
  const auto rank = [&](const CredentialRef& ref) {
    const bool valid = ref.not_before <= now && now < ref.not_after;
    return std::tuple(!valid, is_rsa(ref.key_type) != rsa_first, ref.key_type);
  };
  const CredentialRef* best = nullptr;
  for (const CredentialRef& ref : found.credentials) {
    if (!can_verify(hello, ref.key_type)) continue;
    if (best == nullptr || rank(ref) < rank(*best)) best = &ref;
  }
  if (best == nullptr) return Selection{Outcome::kUnusable, found.reason};
  return Selection{Outcome::kChosen, found.reason, *best};
}

}  // namespace certstead
