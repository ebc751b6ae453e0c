// Which credential a client gets. Pure: the same hello, policy and credentials give the same answer.
//
// 1. A server name: the credentials that name it exactly, else those with the wildcard over its first label.
// 2. No server name: what carries the local address as tag, then the listener's tag.
// 3. Neither found anything: the default slots; for an unknown name only if the policy says so.
// 4. Among what was found, the client decides by what it can verify; where it can verify both kinds of key,
// the
//    policy does. A client without signature algorithms gets the kind that its protocol is used to.
// 5. Of two credentials of one kind, one that is valid now goes before one that is not; an expired one is
//    served where there is nothing better.
#pragma once

#include "replica/view_reader.h"
#include "tlscache/client_hello.h"
#include "tlscache/policy.h"

namespace certstead {

// Where credentials are looked up: the view, or a table in a test.
class CredentialIndex {
 public:
  virtual ~CredentialIndex() = default;
  virtual Result<NameMatch> find(const DomainName& host) const = 0;
  virtual Result<std::vector<CredentialRef>> find_pattern(const HostPattern& pattern) const = 0;
  virtual Result<std::vector<CredentialRef>> find_tag(std::string_view tag) const = 0;
};

enum class Outcome {
  kChosen,
  kUnknownName,  // a name was asked for, and there is nothing for it
  kNothing,      // no name, and nothing for this listener
  kUnusable,     // found, but of no kind that the client can verify
};

struct Selection {
  Outcome outcome = Outcome::kNothing;
  MatchReason reason = MatchReason::kNone;
  CredentialRef credential = {};  // if chosen
};

// `local_address` may be empty. Errors are those of the index.
Result<Selection> select_credential(const ClientHello& hello, const ServePolicy& policy,
                                    std::string_view local_address, const CredentialIndex& index,
                                    Instant now);

// True if the client can verify a signature by such a key and the two sides have a suite for it.
bool can_verify(const ClientHello& hello, KeyType type);

}  // namespace certstead
