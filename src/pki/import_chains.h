// Chains for the leaves of one import: the same search as for a CA's answer, over an index, because thousands
// of leaves may share a few issuers.
#pragma once

#include <map>
#include <mutex>

#include "pki/chain_search.h"

namespace certstead {

class ImportChains {
 public:
  // `pool`: every certificate in the files.
  ImportChains(std::vector<Certificate> pool, KnownRoots known, Instant now);

  struct Chain {
    std::vector<Certificate> path;  // leaf first; with the root, if one was found
    std::vector<std::string> warnings;
  };
  // The best chain for `leaf`, judged at a moment at which the leaf itself is valid. Where none holds, the
  // leaf alone with a warning that says why: what is served is then no worse than before. Safe from several
  // threads.
  Chain find(const Certificate& leaf);

 private:
  using NameHash = unsigned long;
  using IssuerKey = std::pair<NameHash, Bytes>;  // name and key identifier of an issuer
  struct Tail {
    std::vector<Certificate> above;  // the path without its leaf
    PathOptions options;
    std::vector<std::string> warnings;
  };
  struct Pools {
    std::vector<Certificate> between, anchors;
  };
  Pools reachable(const Certificate& leaf, Instant at) const;
  Chain search(const Certificate& leaf, Instant at);
  std::optional<Chain> with_known_tail(const Certificate& leaf) const;
  void remember(const Certificate& leaf, const ChainFound& found);

  const Instant now_;
  std::multimap<NameHash, Certificate> between_, anchors_;  // by their subject
  mutable std::mutex mutex_;
  std::map<IssuerKey, Tail> tails_;  // guarded by mutex_
};

}  // namespace certstead
