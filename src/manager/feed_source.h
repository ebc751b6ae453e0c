// The manager's end of the change feed.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "model/manifest_signer.h"
#include "model/store_ports.h"

namespace certstead {

// Builds, signs and hands out manifests: each member gets the credentials it is granted, with its own grant
// only, and every HTTP-01 answer. In-process for the local member.
//
// The position that a member asks from is what its views durably have (member/member.h): it is reported to
// the store as applied when it has moved, at most once a second while changes come in a row, and once a
// minute while there is nothing new. A member that asks from the same place again although there is
// something new is not reported: it lags.
class FeedSource final : public Feed {
 public:
  // `signer` and `clock` outlive this object, as what `store` refers to does.
  FeedSource(StorePorts store, ManifestSigner& signer, const Clock& clock)
      : store_(store), signer_(signer), clock_(clock) {}
  Result<SignedManifest> pull(std::string_view member, std::int64_t epoch, std::int64_t since,
                              Deadline deadline) override;

 private:
  struct Reported {
    std::int64_t seq = 0;
    Instant at;
  };
  Result<SignedManifest> sign(Manifest manifest);
  bool is_to_report(const std::string& member, std::int64_t seq, bool has_everything);
  void note_position(std::string_view member, std::int64_t seq, bool has_everything);

  StorePorts store_;
  ManifestSigner& signer_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Reported> reported_;  // guarded by mutex_; by member
};

}  // namespace certstead
