// The manager's end of the change feed.
#pragma once

#include "manager/context.h"

namespace certstead {

// Builds, signs and hands out manifests: each member gets the credentials it is granted, with its own grant
// only, and every HTTP-01 answer. In-process for the local member.
class FeedSource final : public Feed {
 public:
  explicit FeedSource(Context context) : context_(context) {}
  Result<SignedManifest> pull(std::string_view member, std::int64_t epoch, std::int64_t since,
                              Deadline deadline) override;

 private:
  Context context_;
};

}  // namespace certstead
