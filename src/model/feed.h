// The change feed: what a member is told, and how it proves where that came from.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/key_type.h"
#include "model/sealed.h"

namespace certstead {

// What a member learns of one active credential. The bytes over which its writer signed are made by
// encode_signed_part() in vault/manifest.h; grants are outside of it.
struct FeedCredential {
  std::string version_id, set_id, set_name;
  std::int64_t version = 1;
  KeyType key_type = KeyType::kP256;
  std::vector<std::string> names;  // A-labels, "*." allowed
  std::vector<std::string> tags;
  std::vector<Bytes> chain;  // DER, leaf first
  Instant not_before, not_after;
  SealedSecret key;
  std::optional<Grant> grant;  // the reader's own
  std::string signer;
  Bytes signature;
};

struct CredentialSet;
struct CredentialVersion;
// What members are told of `version`; its writer's signature as stored, no grant.
FeedCredential feed_credential(const CredentialSet& set, const CredentialVersion& version);

struct FeedRemoval {  // the set is no longer for this member (deleted, revoked, access taken)
  std::string set_id;
};
struct FeedChallenge {  // an HTTP-01 answer to show
  std::string token, key_authorization;
};
struct FeedChallengeGone {
  std::string token;
};
// All active credentials of one set: they replace what the member holds of that set, in one step. None: the
// manager can't hand them out; what the member holds stays.
struct FeedSet {
  std::string set_id;
  std::vector<FeedCredential> credentials;
};

// The secrets of session tickets of one set (tickets.h): previous, current, next.
struct FeedTickets {
  struct Secret {
    SealedSecret secret;
    std::optional<Grant> grant;  // the reader's own
  };
  std::string set_id;
  std::int64_t generation = 0;  // of the current one
  std::vector<Secret> secrets;
};

using FeedItem = std::variant<FeedSet, FeedRemoval, FeedChallenge, FeedChallengeGone, FeedTickets>;

// A batch for one member. Signed as a whole by the manager that hands it out.
struct Manifest {
  std::string store_id;
  std::int64_t epoch = 1;
  std::int64_t from_seq = 0;  // holds everything that changed after this
  std::int64_t to_seq = 0;    // up to and with this
  bool full = false;          // the whole state: what is not in it is to be removed
  std::string audience;       // member id
  Instant issued, expires;
  std::vector<FeedItem> items;
};
struct SignedManifest {
  Bytes bytes;  // encode_manifest()
  std::string signer;
  Bytes signature;
};

// Port, at the member: where manifests come from.
class Feed {
 public:
  virtual ~Feed() = default;
  // What changed for `member` after `since` of `epoch`; waits until `deadline` for something to change. At
  // the deadline an empty manifest comes. Another epoch than the store's, or since = 0, gives a full one.
  virtual Result<SignedManifest> pull(std::string_view member, std::int64_t epoch, std::int64_t since,
                                      Deadline deadline) = 0;
};

// Port, at the manager: the store's face of the feed.
struct FeedChange {
  std::int64_t seq = 0;
  std::string kind;    // "set", "challenge" or "tickets" (of a set)
  std::string object;  // set id or token
  bool gone = false;
};
class FeedLog {
 public:
  virtual ~FeedLog() = default;
  // Objects changed after `since`, each once with its latest seq, in order of seq.
  virtual Result<std::vector<FeedChange>> changes_after(std::int64_t since, std::size_t limit) = 0;
  // Blocks until the head is beyond `seq` or the deadline; returns the head. In-process hint; spurious
  // returns happen.
  virtual Result<std::int64_t> wait_for_change(std::int64_t seq, Deadline deadline) = 0;
};

}  // namespace certstead
