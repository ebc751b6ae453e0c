// From a leaf and a heap of certificates to the chain that is served: what issuance and import have in
// common.
#pragma once

#include "model/trusted_root.h"
#include "pki/parsed_certificates.h"
#include "pki/path_builder.h"

namespace certstead {

// The trusted roots and intermediates of the store, parsed with the help of `parsed`.
struct KnownRoots {
  std::vector<Certificate> anchors, intermediates;
  std::vector<std::string> warnings;  // about those that are not readable
};
KnownRoots parse_roots(ParsedCertificates& parsed, const std::vector<TrustedRoot>& roots);

struct ChainFound {
  std::vector<Certificate> path;  // leaf first; with the root, if there is one
  PathOptions options;            // by which it holds
  std::vector<std::string> warnings;
};

// The best path from `leaf` over `pool` at the moment `at`: to one of `anchors` by the letter of RFC 5280,
// else by the looser rules of common clients, with a warning; without a known root as far up as it goes, with
// a warning. Errors as those of build_path.
Result<ChainFound> search_chain(const Certificate& leaf, const std::vector<Certificate>& pool,
                                const std::vector<Certificate>& anchors, Instant at,
                                PathPurpose purpose = PathPurpose::kServer);

}  // namespace certstead
