// Fetches OCSP responses ahead of time and puts them into the views; no handshake ever waits for one.
#pragma once

#include <map>
#include <set>

#include "member/view_keeper.h"
#include "model/staple_source.h"

namespace certstead {

class StapleKeeper {
 public:
  // All of them outlive it.
  StapleKeeper(const std::vector<std::unique_ptr<ViewKeeper>>& views, StapleSource& source,
               const Clock& clock, LogSink& log)
      : views_(views), source_(source), clock_(clock), log_(log) {}

  // One round over all views: fetches what is missing or past half of its life, takes away what no
  // credential needs any more. A failed fetch is tried again after an hour, and what is there stays until it
  // ends. Blocks for the fetching, each at most `one_call`; ends early once `stopping` says so. One thread at
  // a time.
  Status round(const std::function<bool()>& stopping, Duration one_call = std::chrono::seconds{10});

 private:
  Status look_at(ViewKeeper& view, const CredentialRecord& record, const Bytes& leaf_sha256,
                 Duration one_call);
  Result<std::vector<Bytes>> chain_of(const ViewKeeper& view, const CredentialRecord& record) const;

  const std::vector<std::unique_ptr<ViewKeeper>>& views_;
  StapleSource& source_;
  const Clock& clock_;
  LogSink& log_;
  // By SHA-256 of the leaf: not to be asked for before then; "never" where there is no responder.
  std::map<Bytes, Instant> not_before_;
};

}  // namespace certstead
