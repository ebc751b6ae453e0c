#include "pki/chain_search.h"

#include "base/text.h"

namespace certstead {
namespace {

// By the letter of RFC 5280 if that can be had, else as common clients do it, with a warning.
template <class Find>
Result<ChainFound> find_path(const Find& find, PathPurpose purpose) {
  ChainFound found{{}, {.purpose = purpose, .strict = true}, {}};
  auto strict = find(found.options);
  if (!strict && strict.error().id != "path-invalid") return strict.error();
  if (strict) {
    found.path = std::move(*strict);
    return found;
  }
  found.options.strict = false;
  TRY(found.path, find(found.options));
  found.warnings.push_back("the chain does not keep to RFC 5280, and strict clients refuse it: " +
                           strict.error().detail);
  return found;
}

}  // namespace

KnownRoots parse_roots(ParsedCertificates& parsed, const std::vector<TrustedRoot>& roots) {
  KnownRoots known;
  for (const TrustedRoot& root : roots) {
    auto one = parsed.parse(root.certificate);
    if (!one) {
      known.warnings.push_back("the trusted root \"" + printable(root.name) +
                               "\" is not readable; add it anew");
      continue;
    }
    (one->is_self_signed() ? known.anchors : known.intermediates).push_back(std::move(*one));
  }
  return known;
}

Result<ChainFound> search_chain(const Certificate& leaf, const std::vector<Certificate>& pool,
                                const std::vector<Certificate>& anchors, Instant at, PathPurpose purpose) {
  auto trusted =
      find_path([&](const PathOptions& how) { return build_path(leaf, pool, anchors, at, how); }, purpose);
  if (trusted || trusted.error().id != "path-untrusted") return trusted;
  TRY(ChainFound linked,
      find_path([&](const PathOptions& how) { return link_path(leaf, pool, at, how); }, purpose));
  linked.warnings.push_back("no trusted root is known for \"" + linked.path.back().issuer() +
                            "\"; add it to the trusted roots if clients are to trust this certificate");
  return linked;
}

}  // namespace certstead
