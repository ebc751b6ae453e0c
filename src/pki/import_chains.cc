#include "pki/import_chains.h"

#include <algorithm>
#include <set>

#include "pki/path_verify.h"

namespace certstead {
namespace {

unsigned long hash_of(const X509_NAME* name) { return X509_NAME_hash_ex(name, nullptr, nullptr, nullptr); }
unsigned long subject_hash(const Certificate& one) { return hash_of(X509_get_subject_name(one.native())); }
unsigned long issuer_hash(const Certificate& one) { return hash_of(X509_get_issuer_name(one.native())); }

bool in_dates(const Certificate& one, Instant at) { return at >= one.not_before() && at <= one.not_after(); }

}  // namespace

ImportChains::ImportChains(std::vector<Certificate> pool, KnownRoots known, Instant now)
    : now_(std::chrono::floor<std::chrono::seconds>(now)) {
  pool.insert(pool.end(), known.intermediates.begin(), known.intermediates.end());
  for (Certificate& one : pool) {
    const NameHash subject = subject_hash(one);
    between_.emplace(subject, std::move(one));
  }
  for (Certificate& one : known.anchors) {
    const NameHash subject = subject_hash(one);
    anchors_.emplace(subject, std::move(one));
  }
}

// What can stand above the leaf by its name. Certificates out of their dates stay away, so that they block
// nothing.
ImportChains::Pools ImportChains::reachable(const Certificate& leaf, Instant at) const {
  Pools pools;
  std::set<NameHash> seen;
  std::vector<NameHash> open = {issuer_hash(leaf)};
  while (!open.empty()) {
    const NameHash name = open.back();
    open.pop_back();
    if (!seen.insert(name).second) continue;
    const auto [first, last] = between_.equal_range(name);
    for (auto at_name = first; at_name != last; ++at_name) {
      if (!in_dates(at_name->second, at)) continue;
      pools.between.push_back(at_name->second);
      open.push_back(issuer_hash(at_name->second));
    }
    const auto [first_anchor, last_anchor] = anchors_.equal_range(name);
    for (auto anchor = first_anchor; anchor != last_anchor; ++anchor) pools.anchors.push_back(anchor->second);
  }
  return pools;
}

void ImportChains::remember(const Certificate& leaf, const ChainFound& found) {
  if (found.path.size() < 2 || !found.options.strict) return;
  const std::lock_guard hold(mutex_);
  tails_.insert_or_assign({issuer_hash(leaf), leaf.authority_key_id()},
                          Tail{{found.path.begin() + 1, found.path.end()}, found.options, found.warnings});
}

// The next leaf of the same issuer: its whole path is verified, but not searched for.
std::optional<ImportChains::Chain> ImportChains::with_known_tail(const Certificate& leaf) const {
  Tail tail;
  {
    const std::lock_guard hold(mutex_);
    const auto known = tails_.find({issuer_hash(leaf), leaf.authority_key_id()});
    if (known == tails_.end()) return {};
    tail = known->second;
  }
  Chain chain{{leaf}, std::move(tail.warnings)};
  chain.path.insert(chain.path.end(), tail.above.begin(), tail.above.end());
  const PathEnd end = chain.path.back().is_self_signed() ? PathEnd::kRoot : PathEnd::kOpen;
  if (!verify_path(chain.path, end, now_, tail.options)) return {};
  return chain;
}

ImportChains::Chain ImportChains::search(const Certificate& leaf, Instant at) {
  const Pools pools = reachable(leaf, at);
  auto found = search_chain(leaf, pools.between, pools.anchors, at);
  if (found) {
    if (at == now_) remember(leaf, *found);
    return {std::move(found->path), std::move(found->warnings)};
  }
  auto other = search_chain(leaf, pools.between, pools.anchors, at, PathPurpose::kAny);
  if (other && other->path.size() > 1) {
    other->warnings.push_back("clients will not take it for a server: " + found.error().detail);
    return {std::move(other->path), std::move(other->warnings)};
  }
  return {{leaf}, {"the leaf is served alone, since its chain does not hold: " + found.error().detail}};
}

ImportChains::Chain ImportChains::find(const Certificate& leaf) {
  const Instant at = std::clamp(now_, leaf.not_before(), std::max(leaf.not_before(), leaf.not_after()));
  if (at == now_) {
    if (auto chain = with_known_tail(leaf)) return std::move(*chain);
  }
  return search(leaf, at);
}

}  // namespace certstead
