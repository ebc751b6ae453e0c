// How one listener serves: what to prefer, and what to do where no credential is found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/domain_name.h"

namespace certstead {

enum class Preference { kEcdsa, kRsa };
enum class OnUnknownName { kRefuse, kDefault };
enum class LeastTls { kOfContext, kTls12, kTls13 };
// Why a credential was chosen.
enum class MatchReason { kNone, kExact, kWildcard, kTag, kAddress, kDefault };
std::string_view match_reason_name(MatchReason reason);  // "none", "exact", ...

struct ServePolicy {
  std::string protocol = "http";  // "http", "smtp", "imap", "ldap", ...
  // Where the client can verify both.
  Preference prefer = Preference::kEcdsa;
  // Where the client names no signature algorithm. Nothing: what the environment says
  // (unasked_preference()), else ECDSA for http and RSA for every other protocol.
  std::optional<Preference> prefer_unasked = {};
  // A name for which there is nothing: refuse with unrecognized_name, or serve the default slots.
  OnUnknownName on_unknown_name = OnUnknownName::kRefuse;
  // Clients without SNI: what has the local address as tag, then this tag, then the default slots. A tag that
  // is a host name or "*.name" is looked up as a name where no credential carries it.
  std::string tag = {};
  // The default slots: credentials for this name, else with this tag.
  std::optional<DomainName> default_name = {};
  std::string default_tag = "keyfile.kyr";
  // The context has a certificate of its own: it is served where the view has nothing that suits or can't be
  // read. Without it such handshakes fail. attach() then leaves ticket keys to OpenSSL: sessions resume at
  // their name, on this host.
  bool own_certificate = false;
  // What attach() sets on the context; left alone if nothing is said. Tickets after a full handshake: 0
  // (none, sessions resume by id within this process), 1 or 2.
  LeastTls least_tls = LeastTls::kOfContext;
  std::optional<int> tickets = {};
};

// The name of this machine, for `default_name`; nothing if it is no host name.
std::optional<DomainName> own_host_name();

// The variable TLSCACHE_<PROTOCOL>_PREFER_ECDSA, 0 or 1, of this process's environment. kInvalid for any
// other value.
Result<std::optional<Preference>> unasked_preference(std::string_view protocol);

}  // namespace certstead
