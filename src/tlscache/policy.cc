#include "tlscache/policy.h"

#include <cctype>
#include <cstdlib>

#include "base/host_name.h"

namespace certstead {

std::string_view match_reason_name(MatchReason reason) {
  switch (reason) {
    case MatchReason::kNone:
      return "none";
    case MatchReason::kExact:
      return "exact";
    case MatchReason::kWildcard:
      return "wildcard";
    case MatchReason::kTag:
      return "tag";
    case MatchReason::kAddress:
      return "address";
    case MatchReason::kDefault:
      return "default";
  }
  return "none";
}

std::optional<DomainName> own_host_name() {
  const auto text = host_name();
  if (!text) return {};
  Result<DomainName> name = DomainName::parse(*text);
  return name ? std::optional<DomainName>(std::move(*name)) : std::nullopt;
}

Result<std::optional<Preference>> unasked_preference(std::string_view protocol) {
  std::string variable = "TLSCACHE_";
  for (const char c : protocol) {
    variable += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  variable += "_PREFER_ECDSA";
  const char* const value = std::getenv(variable.c_str());
  if (value == nullptr) return std::optional<Preference>();
  if (std::string_view(value) == "1") return std::optional(Preference::kEcdsa);
  if (std::string_view(value) == "0") return std::optional(Preference::kRsa);
  return invalid("the environment variable " + variable + " must be 0 or 1", "bad-environment");
}

}  // namespace certstead
