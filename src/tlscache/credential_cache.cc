#include "tlscache/credential_cache.h"

namespace certstead {

Result<std::shared_ptr<X509>> IntermediatePool::get(BytesView digest, BytesView der) {
  const std::string name = to_text(digest);
  const std::lock_guard<std::mutex> hold(mutex_);
  const auto found = known_.find(name);
  if (found != known_.end()) {
    if (std::shared_ptr<X509> there = found->second.lock()) return there;
  }
  clear_openssl_errors();
  const unsigned char* at = der.data();
  X509* const parsed = d2i_X509(nullptr, &at, static_cast<long>(der.size()));
  if (parsed == nullptr) return openssl_error("reading an intermediate certificate", Code::kInvalid);
  std::shared_ptr<X509> fresh(parsed, X509_free);
  // Caches the extensions now: later, several threads would.
  X509_check_purpose(parsed, -1, 0);
  known_[name] = fresh;
  if (known_.size() >= sweep_at_) {
    std::erase_if(known_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = 2 * known_.size() + 64;
  }
  return fresh;
}

std::shared_ptr<const ParsedCredential> CredentialCache::find(std::string_view id, std::int64_t version) {
  Shard& shard = shard_of(id);
  const std::lock_guard<std::mutex> hold(shard.mutex);
  const auto found = shard.by_id.find(id);
  if (found == shard.by_id.end() || (*found->second)->version != version) return nullptr;
  shard.order.splice(shard.order.begin(), shard.order, found->second);
  ++shard.stats.hits;
  return *found->second;
}

void CredentialCache::put(std::shared_ptr<const ParsedCredential> credential) {
  // What goes is freed outside the lock.
  std::list<Entry> gone;
  Shard& shard = shard_of(credential->id);
  const std::lock_guard<std::mutex> hold(shard.mutex);
  const auto splice_out = [&](std::list<Entry>::iterator entry) {
    drop(shard, entry);
    gone.splice(gone.begin(), shard.order, entry);
  };
  const auto found = shard.by_id.find(credential->id);
  if (found != shard.by_id.end()) splice_out(found->second);
  shard.order.push_front(std::move(credential));
  shard.by_id.emplace(shard.order.front()->id, shard.order.begin());
  shard.stats.bytes += shard.order.front()->bytes;
  while (!shard.order.empty() && shard.stats.bytes > shard_bytes_) {
    splice_out(std::prev(shard.order.end()));
    ++shard.stats.evictions;
  }
}

// Takes an entry out of the accounts; the list node is the caller's.
void CredentialCache::drop(Shard& shard, std::list<Entry>::iterator entry) {
  shard.by_id.erase((*entry)->id);
  shard.stats.bytes -= (*entry)->bytes;
}

CredentialCache::Stats CredentialCache::stats() const {
  Stats out;
  for (const Shard& shard : shards_) {
    const std::lock_guard<std::mutex> hold(shard.mutex);
    out.hits += shard.stats.hits;
    out.evictions += shard.stats.evictions;
    out.entries += shard.order.size();
    out.bytes += shard.stats.bytes;
  }
  return out;
}

}  // namespace certstead
