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
  std::size_t bytes = 0;  // estimate, intermediates left out
};

// Intermediates by digest, each parsed once however many credentials use it; gone with the last of them. Safe
// from any thread.
class IntermediatePool {
 public:
  // `digest` names `der`. kInvalid if it is no certificate.
  Result<std::shared_ptr<X509>> get(BytesView digest, BytesView der);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<X509>> known_;  // guarded by mutex_
  std::size_t sweep_at_ = 64;                                   // guarded by mutex_
};

// Safe from any thread. What was handed out stays valid after it is evicted.
class CredentialCache {
 public:
  explicit CredentialCache(std::size_t bytes) : shard_bytes_(bytes / kShards) {}

  // Null unless exactly this version is here.
  std::shared_ptr<const ParsedCredential> find(std::string_view id, std::int64_t version);
  // Keeps it, in place of another version, and drops what has become too much; possibly `credential` itself.
  void put(std::shared_ptr<const ParsedCredential> credential);

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
  static void drop(Shard& shard, std::list<Entry>::iterator entry);
  Shard& shard_of(std::string_view id) { return shards_[std::hash<std::string_view>{}(id) % kShards]; }

  static constexpr std::size_t kShards = 16;
  const std::size_t shard_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace certstead
