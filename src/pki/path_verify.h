// One candidate path, judged as it stands.
#pragma once

#include "pki/path_builder.h"

namespace certstead {

enum class PathEnd {
  kRoot,  // the last certificate is a self-signed anchor
  kOpen,  // it is taken for good because nothing more is known; never a reason to trust
};

// kInvalid ("path-invalid"), naming the certificate and what is wrong with it, unless `path` (leaf first, not
// empty) is valid at `now`, all of it.
Status verify_path(const std::vector<Certificate>& path, PathEnd end, Instant now,
                   const PathOptions& options);

}  // namespace certstead
