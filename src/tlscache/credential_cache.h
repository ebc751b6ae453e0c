// Parsed credentials, bounded by bytes: the least recently used go first. Parsing takes 0.4 ms, so what is
// asked for often is parsed once; what is never asked for costs nothing.
#pragma once

#include <array>
#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crypto/key.h"
#include "tlscache/selection.h"
#include "tlscache/ticket_keys.h"

namespace certstead {

struct FreeChain {
  void operator()(STACK_OF(X509) * chain) const { sk_X509_pop_free(chain, X509_free); }
};
using ChainHandle = std::unique_ptr<STACK_OF(X509), FreeChain>;

// A credential as OpenSSL takes it. Immutable and shared between threads.
struct ParsedCredential {
  std::string id;
  std::int64_t version = 0;
  X509Handle leaf;
  ChainHandle chain;  // intermediates in order
  // Keeps the intermediates' entry in the IntermediatePool alive.
  std::vector<std::shared_ptr<X509>> shared;
  PrivateKey key;
  std::size_t bytes = 0;  // of the heap, intermediates left out
  std::string set_id = {};
  std::vector<std::string> names = {}, tags = {};
  KeyType key_type = KeyType::kP256;
  Instant not_before{}, not_after{};
  Bytes leaf_sha256 = {};
  std::unique_ptr<LastRing> last_ring = std::make_unique<LastRing>();
  CredentialRef ref() const { return {id, version, key_type, not_before, not_after}; }
};

// Intermediates by digest, each parsed once however many credentials use it; gone with the last of them. Safe
// from any thread.
class IntermediatePool {
 public:
  // `digest` names `der`. kInvalid if it is no certificate.
  Result<std::shared_ptr<X509>> get(BytesView digest, BytesView der);
  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<X509>> known_;  // guarded by mutex_
  std::size_t sweep_at_ = 64;                                   // guarded by mutex_
};

// Safe from any thread. What was handed out stays valid after it is evicted; the last to let go wipes the
// key. As an index it knows what it holds: for when the view can't be read. Looks through all of it then.
class CredentialCache final : public CredentialIndex {
 public:
  explicit CredentialCache(std::size_t bytes) : shard_bytes_(bytes / kShards) {}

  // Null unless exactly this version is here.
  std::shared_ptr<const ParsedCredential> find(std::string_view id, std::int64_t version);
  // Keeps it, in place of another version, and drops what has become too much; possibly `credential` itself.
  void put(std::shared_ptr<const ParsedCredential> credential);

  Result<NameMatch> find(const DomainName& host) const override;
  Result<std::vector<CredentialRef>> find_pattern(const HostPattern& pattern) const override;
  Result<std::vector<CredentialRef>> find_tag(std::string_view tag) const override;

  // Around fork(), so that the child finds no lock held by a thread that it does not have.
  void lock_all();
  void unlock_all();

  struct Stats {
    std::uint64_t hits = 0, evictions = 0;
    std::size_t entries = 0, bytes = 0;
  };
  Stats stats() const;

 private:
  using Entry = std::shared_ptr<const ParsedCredential>;
  // Everything in it is guarded by its mutex.
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> order;  // most recently used first
    // Keys are views of the entries' ids.
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_id;
    Stats stats;
  };
  template <class Wanted>
  std::vector<CredentialRef> all_that(const Wanted& wanted) const;
  static void drop(Shard& shard, std::list<Entry>::iterator entry);
  Shard& shard_of(std::string_view id) { return shards_[std::hash<std::string_view>{}(id) % kShards]; }

  static constexpr std::size_t kShards = 16;
  const std::size_t shard_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace certstead
