// How one listener serves: what to prefer, and what to do where no credential is found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/domain_name.h"

namespace certstead {

enum class Preference { kEcdsa, kRsa };
enum class OnUnknownName { kRefuse, kDefault };
// Why a credential was chosen.
enum class MatchReason { kNone, kExact, kWildcard, kTag, kAddress, kDefault };
std::string_view match_reason_name(MatchReason reason);  // "none", "exact", ...

struct ServePolicy {
  std::string protocol = "http";  // "http", "smtp", "imap", "ldap", ...
  // Where the client can verify both.
  Preference prefer = Preference::kEcdsa;
  // Where the client names no signature algorithm. Nothing: ECDSA for http, RSA for every other protocol.
  std::optional<Preference> prefer_unasked = {};
  // A name for which there is nothing: refuse with unrecognized_name, or serve the default slots.
  OnUnknownName on_unknown_name = OnUnknownName::kRefuse;
  // Clients without SNI: what has the local address as tag, then this tag, then the default slots. A tag that
  // is a host name or "*.name" is looked up as a name where no credential carries it.
  std::string tag = {};
  // The default slots: credentials for this name, else with this tag.
  std::optional<DomainName> default_name = {};
  std::string default_tag = "keyfile.kyr";
};

}  // namespace certstead
