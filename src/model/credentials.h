// Port: credential sets and their versions in the store.
#pragma once

#include "model/audit.h"
#include "model/credential.h"

namespace certstead {

class CredentialSets {
 public:
  virtual ~CredentialSets() = default;
  virtual Status create_set(const CredentialSet& set,
                            const AuditNote& note) = 0;  // kConflict if the name is taken
  // Replaces the record. kConflict unless `set.revision` is the stored one; returns the new revision.
  virtual Result<std::int64_t> update_set(const CredentialSet& set, const AuditNote& note) = 0;
  virtual Result<CredentialSet> find_set(std::string_view id) = 0;
  virtual Result<CredentialSet> find_set_by_name(std::string_view name) = 0;
  // At most `limit` sets with name > `after`, by name.
  virtual Result<std::vector<CredentialSet>> list_sets(std::string_view after, std::size_t limit) = 0;
  // Sets with renew_at or ari_poll_at at or before `now`, most overdue first.
  virtual Result<std::vector<CredentialSet>> sets_due(Instant now, std::size_t limit) = 0;
  // Removes the set and its unfinished orders; its versions stay in the archive. Members are told by the
  // feed.
  virtual Status delete_set(std::string_view id, const AuditNote& note) = 0;
};

class CredentialVersions {
 public:
  virtual ~CredentialVersions() = default;
  // In one transaction: archives the active versions of the set, makes `fresh` (at least one, all of that
  // set) the active ones, removes the orders that brought them, stores `set` (revision checked) and tells the
  // feed. With `job_id` the `fence` of that job is checked as well: kConflict if somebody else took it over.
  virtual Status activate(const CredentialSet& set, const std::vector<CredentialVersion>& fresh,
                          std::string_view job_id, std::int64_t fence, const AuditNote& note) = 0;
  // All versions of a set, newest first, active ones before others.
  virtual Result<std::vector<CredentialVersion>> versions(std::string_view set_id) = 0;
  virtual Result<std::vector<CredentialVersion>> active_versions(std::string_view set_id) = 0;
  // Every active version, for the full sync of a member: at most `limit` with id > `after`.
  virtual Result<std::vector<CredentialVersion>> all_active(std::string_view after, std::size_t limit) = 0;
  // Marks a version revoked (and no longer served) with a reason of RFC 5280 section 5.3.1.
  virtual Status mark_revoked(std::string_view version_id, int reason, Instant at, const AuditNote& note) = 0;
  // Another chain for the same key and leaf. `version` is a new number of the set, so that nobody who holds
  // the old chain takes it for the same; `signer` and `signature` cover what members are told now.
  struct NewChain {
    std::string version_id;
    std::vector<Bytes> before, chain;  // DER, leaf first; the leaf stays
    std::int64_t version = 1;
    std::string signer;
    Bytes signature;
  };
  // In one transaction for all of a set; tells the feed. kConflict if one is not active any more, does not
  // have the chain `before`, or the set has unfinished orders (their renewal brings a chain of its own).
  virtual Status replace_chains(std::string_view set_id, const std::vector<NewChain>& chains,
                                const AuditNote& note) = 0;
  // Replaces the grants of a version: readers that are no longer named lose theirs. Tells the feed.
  virtual Status set_grants(std::string_view version_id, const std::vector<Grant>& grants,
                            const AuditNote& note) = 0;
  // Forgets at most `limit` versions whose certificates expired before `before`: archived and revoked ones,
  // never an active one, and never the newest of a set that is there (versions go on counting from it).
  // Returns how many went; 0: no more are to go. Neither feed nor audit log are touched.
  virtual Result<std::size_t> prune_versions(Instant before, std::size_t limit) = 0;
};

}  // namespace certstead
