#include "tlscache/credential_cache.h"

#include <algorithm>

#include "base/text.h"

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

// At most one of each kind of key, as a view answers.
template <class Wanted>
std::vector<CredentialRef> CredentialCache::all_that(const Wanted& wanted) const {
  std::vector<CredentialRef> found;
  for (const Shard& shard : shards_) {
    const std::lock_guard<std::mutex> hold(shard.mutex);
    for (const Entry& entry : shard.order) {
      if (wanted(*entry)) found.push_back(entry->ref());
    }
  }
  std::sort(found.begin(), found.end(), [](const CredentialRef& a, const CredentialRef& b) {
    return a.key_type != b.key_type ? a.key_type < b.key_type : served_before(a, b);
  });
  const auto same = [](const CredentialRef& a, const CredentialRef& b) { return a.key_type == b.key_type; };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

Result<NameMatch> CredentialCache::find(const DomainName& host) const {
  const auto with = [this](const std::string& name) {
    return all_that([&](const ParsedCredential& c) {
      return std::find(c.names.begin(), c.names.end(), name) != c.names.end();
    });
  };
  std::vector<CredentialRef> exact = with(host.ascii());
  if (!exact.empty()) return NameMatch{MatchKind::kExact, std::move(exact)};
  if (host.parent().empty()) return NameMatch{};
  std::vector<CredentialRef> covered = with("*." + std::string(host.parent()));
  if (covered.empty()) return NameMatch{};
  return NameMatch{MatchKind::kWildcard, std::move(covered)};
}

Result<std::vector<CredentialRef>> CredentialCache::find_pattern(const HostPattern& pattern) const {
  return all_that([name = pattern.ascii()](const ParsedCredential& c) {
    return std::find(c.names.begin(), c.names.end(), name) != c.names.end();
  });
}

Result<std::vector<CredentialRef>> CredentialCache::find_tag(std::string_view tag) const {
  return all_that([wanted = lower_ascii(tag)](const ParsedCredential& c) {
    return std::any_of(c.tags.begin(), c.tags.end(),
                       [&](const std::string& mine) { return lower_ascii(mine) == wanted; });
  });
}

void CredentialCache::lock_all() {
  for (Shard& shard : shards_) shard.mutex.lock();
}
void CredentialCache::unlock_all() {
  for (Shard& shard : shards_) shard.mutex.unlock();
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
