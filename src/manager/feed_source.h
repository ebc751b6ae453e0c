// The manager's end of the change feed.
#pragma once

#include "model/manifest_signer.h"
#include "model/store_ports.h"

namespace certstead {

// Builds, signs and hands out manifests: each member gets the credentials it is granted, with its own grant
// only, and every HTTP-01 answer. In-process for the local member.
class FeedSource final : public Feed {
 public:
  // `signer` and `clock` outlive this object, as what `store` refers to does.
  FeedSource(StorePorts store, ManifestSigner& signer, const Clock& clock)
      : store_(store), signer_(signer), clock_(clock) {}
  Result<SignedManifest> pull(std::string_view member, std::int64_t epoch, std::int64_t since,
                              Deadline deadline) override;

 private:
  StorePorts store_;
  ManifestSigner& signer_;
  const Clock& clock_;
};

}  // namespace certstead
