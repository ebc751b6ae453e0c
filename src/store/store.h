// The store: all faces of one certstore in one object.
#pragma once

#include <filesystem>

#include "model/bulk_activation.h"
#include "model/store_ports.h"

namespace certstead {

// The references stay valid for as long as the store lives. All of it is safe from any thread. Every changing
// call is one transaction that is durable when the call returns success, and that left no trace when it
// returns an error; the one exception is named: after kUnavailable with the id "commit-unknown" the change
// may or may not be there, so read before trying again.
class Store {
 public:
  virtual ~Store() = default;
  virtual CredentialSets& credentials() = 0;
  virtual CredentialVersions& versions() = 0;
  // Beside the others: the use cases that need it are given it by itself.
  virtual BulkActivation& bulk() = 0;
  virtual Orders& orders() = 0;
  virtual Jobs& jobs() = 0;
  virtual Accounts& accounts() = 0;
  virtual Issuers& issuers() = 0;
  virtual TrustedRoots& roots() = 0;
  virtual Challenges& challenges() = 0;
  virtual Members& members() = 0;
  virtual Settings& settings() = 0;
  virtual Audit& audit() = 0;
  virtual FeedLog& feed() = 0;
  virtual VersionChecks& checks() = 0;
  virtual UrlWatches& watches() = 0;
  virtual Notifications& notifications() = 0;
  virtual Beats& beats() = 0;
  virtual ExportIdentities& exports() = 0;
  virtual CaRecords& cas() = 0;
  virtual Deployments& deployments() = 0;
  virtual SetPages& pages() = 0;
  virtual Tickets& tickets() = 0;
  virtual DnsAccounts& dns_accounts() = 0;
  virtual DnsJournal& dns_journal() = 0;

  // Writes a copy of everything, as it is at one moment, to `file`, which must not exist (made 0600), and
  // yields what the copy says of itself. Reading and writing go on meanwhile. Blocks for the copying; the
  // copy is not synced to the disk.
  virtual Result<StoreIdentity> copy_to(const std::filesystem::path& file) = 0;
  // Reads the whole file and compares it with its indices: kUnavailable ("store-damaged") names the first
  // fault. Blocks for long.
  virtual Status check_integrity() = 0;
  // From the return on nothing is written until release_writes(), or until `limit` has passed: changing calls
  // wait. What was written lies in the main file, as far as readers let it. Yields the number of this hold.
  // kConflict ("writes-held") while another one lasts.
  virtual Result<std::int64_t> hold_writes(Duration limit) = 0;
  // Ends the hold. False if it had ended by itself: then something may have been written.
  virtual bool release_writes(std::int64_t hold) = 0;

  // All of them, as the use cases take them.
  StorePorts ports() {
    return {credentials(), versions(),   orders(),        jobs(),         accounts(),   issuers(),
            roots(),       challenges(), members(),       settings(),     audit(),      feed(),
            checks(),      watches(),    notifications(), beats(),        exports(),    cas(),
            deployments(), pages(),      tickets(),       dns_accounts(), dns_journal()};
  }
};

}  // namespace certstead
