// Finding a way from a leaf to a trusted root.
#pragma once

#include <vector>

#include "crypto/certificate.h"

namespace certstead {

enum class PathPurpose { kServer, kClient, kAny };

struct PathOptions {
  PathPurpose purpose = PathPurpose::kServer;
  // RFC 5280 to the letter (path_rules.h). Without it what the common clients accept.
  bool strict = true;
};

// Bounds of one search; beyond them the error is "path-limit".
inline constexpr std::size_t kMaxPathLength = 10;          // leaf and root included
inline constexpr std::size_t kMaxPathCertificates = 2500;  // pool and roots together
inline constexpr std::size_t kMaxPathVerifications = 100;
inline constexpr std::size_t kMaxPathSignatures = 1000;
inline constexpr std::size_t kMaxPathSteps = 20'000;

// The shortest path from `leaf` over `pool` to one of `roots` that is valid at `now` (RFC 5280 section 6,
// names of the leaf and revocation aside): leaf first, root last. Every candidate is verified as exactly that
// path, so that a bad cross-certificate does not hide a good one. Only self-signed roots are anchors; others
// help as intermediates. kInvalid: "path-untrusted" (no way to a root), "path-invalid" (there is one, and why
// it was refused), "path-limit". Takes up to a second with hostile input.
Result<std::vector<Certificate>> build_path(const Certificate& leaf, const std::vector<Certificate>& pool,
                                            const std::vector<Certificate>& roots, Instant now,
                                            const PathOptions& options = {});

// The longest way up from `leaf` over `pool` for when no root is known: signatures, dates and rights of
// issuers hold as far as it goes. It may be the leaf alone. kInvalid ("path-invalid") if the leaf's issuer or
// a further one is in `pool` by name, but its key, dates or rights don't fit.
Result<std::vector<Certificate>> link_path(const Certificate& leaf, const std::vector<Certificate>& pool,
                                           Instant now, const PathOptions& options = {});

}  // namespace certstead
