// Port: the manager's signatures over what members are told.
#pragma once

#include "model/feed.h"
#include "model/sealer.h"

namespace certstead {

class ManifestSigner {
 public:
  virtual ~ManifestSigner() = default;
  // Signs one credential as it is activated: everything but its grants.
  virtual Result<Sealer::Signature> sign_credential(const FeedCredential& credential) = 0;
  // Signs a batch as it is handed out to its audience.
  virtual Result<SignedManifest> sign_manifest(const Manifest& manifest) = 0;
};

}  // namespace certstead
