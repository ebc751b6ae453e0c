// Reading a view: from any number of processes and threads, with no lock that a writer could hold.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>

#include "model/domain_name.h"
#include "replica/records.h"

namespace certstead {

class Environment;

// How a host was found.
enum class MatchKind { kNone, kExact, kWildcard };

struct NameMatch {
  MatchKind kind = MatchKind::kNone;
  std::vector<CredentialRef> credentials;  // at most one per key type, in the order of KeyType
};

// A credential with its intermediates, read in one piece.
struct StoredCredential {
  CredentialRecord record;
  std::vector<Bytes> intermediates;  // DER, in order
};

struct ViewStats {
  std::size_t sets = 0, credentials = 0, names = 0, tags = 0, chain_certificates = 0, http01_answers = 0;
  std::uint64_t bytes_used = 0;        // of the data file
  std::uint32_t readers = 0;           // reader slots in use, of all processes
  std::uint64_t last_transaction = 0;  // rises with every batch
};

// All look-ups are safe from any thread, see the last whole batch, copy out what they return, and block for
// page faults at most. Errors: kInvalid ("view-corrupt") for a record that can't be read, kUnavailable when
// LMDB has no reader slot or no address space left.
//
// Open it before privileges drop and before chroot. After fork() the child's first look-up opens the view
// again by its path; a child that can't reach the path any more by then calls reopen_after_fork() first
// thing (pthread_atfork).
class ViewReader {
 public:
  // kNotFound if there is no view yet, kInvalid if it is no view of this format, kUnavailable otherwise. A
  // view that this process writes is opened by ViewWriter first.
  static Result<std::unique_ptr<ViewReader>> open(const std::filesystem::path& directory);
  ViewReader(const ViewReader&) = delete;
  ViewReader& operator=(const ViewReader&) = delete;
  ~ViewReader();

  // The exact name, else the wildcard over its first label; an exact name hides the wildcard whatever key
  // types it has. Nothing found is no error.
  Result<NameMatch> find(const DomainName& host) const;
  // The credentials that name exactly this pattern ("*.example.test" finds no host).
  Result<std::vector<CredentialRef>> find_pattern(const HostPattern& pattern) const;
  Result<std::vector<CredentialRef>> find_tag(std::string_view tag) const;
  // kNotFound if a batch has replaced it since it was found: look it up again.
  Result<StoredCredential> load(std::string_view credential_id) const;
  // The set that it belongs to. kNotFound as load().
  Result<std::string> set_of(std::string_view credential_id) const;
  // Ids of the credentials of the set; none if it is not there.
  Result<std::vector<std::string>> credentials_of(std::string_view set_id) const;

  Result<std::optional<std::string>> http01(std::string_view token) const;
  Result<std::optional<AlpnRecord>> alpn01(const DomainName& host) const;
  Result<std::optional<StapleRecord>> staple(BytesView leaf_sha256) const;
  Result<std::optional<TicketRecord>> ticket(std::string_view set_id) const;
  Result<std::optional<std::string>> policy(std::string_view name) const;
  Result<ViewMeta> meta() const;

  // For people: at most `limit` credentials with id > `after`, by id. Leaves and keys included.
  Result<std::vector<CredentialRecord>> list(std::string_view after, std::size_t limit) const;
  Result<ViewStats> stats() const;

  Status reopen_after_fork();
  // Registers with pthread_atfork(), once, what keeps this module's own lock whole; opening the first view
  // does so by itself. For who registers something of its own that is to run outside of it.
  static void guard_forks();

 private:
  explicit ViewReader(std::filesystem::path directory) : directory_(std::move(directory)) {}
  Result<Environment*> environment() const;
  Result<Environment*> attach() const;
  Result<std::optional<Bytes>> get(BytesView key) const;

  std::filesystem::path directory_;
  // The one in use; those of parent processes stay owned, untouched.
  mutable std::atomic<Environment*> current_{nullptr};
  mutable std::vector<std::shared_ptr<Environment>> owned_;
};

}  // namespace certstead
