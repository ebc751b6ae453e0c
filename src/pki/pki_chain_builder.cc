#include "pki/pki_chain_builder.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "crypto/csr.h"
#include "pki/path_builder.h"
#include "pki/pki_inspector.h"

namespace certstead {
namespace {

constexpr std::string_view kTryAgain = "; nothing of it is used, and the order is tried again";

Error refused(const char* id, const std::string& why) {
  return invalid("the CA sent " + why + std::string(kTryAgain), id);
}

Result<std::vector<Certificate>> parse_all(const std::vector<Bytes>& downloaded) {
  if (downloaded.empty()) return refused("certificate-garbage", "no certificate");
  if (downloaded.size() > kMaxDownloaded) {
    return refused("certificate-garbage", std::to_string(downloaded.size()) +
                                              " certificates, where at most " +
                                              std::to_string(kMaxDownloaded) + " are looked at");
  }
  std::vector<Certificate> all;
  all.reserve(downloaded.size());
  for (const Bytes& der : downloaded) {
    auto one = Certificate::from_der(der);
    if (!one)
      return refused("certificate-garbage", "something else than a certificate: " + one.error().detail);
    all.push_back(std::move(*one));
  }
  return all;
}

Status check_names(const Certificate& leaf, const std::vector<HostPattern>& names) {
  for (const HostPattern& name : names) {
    const std::string wanted = name.ascii();
    if (std::ranges::find(leaf.dns_names(), wanted) != leaf.dns_names().end()) continue;
    return refused("certificate-name",
                   "a certificate without the name " + wanted + ", which was asked for; it names " +
                       printable(leaf.dns_names().empty() ? "none" : join(leaf.dns_names(), ", ")));
  }
  return Done{};
}

Status check_leaf(const Certificate& leaf, const Expected& expected) {
  CHECK_OK(check_names(leaf, expected.names));
  if (expected.now > leaf.not_after()) {
    return refused("certificate-expired", "a certificate that ended at " + to_rfc3339(leaf.not_after()));
  }
  if (leaf.not_before() > expected.now + kIssueSkew) {
    return refused("certificate-not-yet-valid", "a certificate that starts at " +
                                                    to_rfc3339(leaf.not_before()) + " only, and it is " +
                                                    to_rfc3339(expected.now));
  }
  const auto& old = expected.previous_fingerprints;
  if (std::ranges::find(old, leaf.fingerprint()) != old.end()) {
    return refused("certificate-old", "the certificate with the serial number " + leaf.serial() +
                                          " once more, instead of a new one");
  }
  return Done{};
}

// The CA's word that the leaf comes first is not taken. Of several with the request's key (one that is kept
// over renewals) the first good one counts.
Result<Certificate> find_leaf(const std::vector<Certificate>& all, const Expected& expected) {
  const auto request = read_csr(expected.csr);
  if (!request) return request.error().within("the request that this answers");
  std::optional<Error> first;
  for (const Certificate& one : all) {
    if (!one.public_key().same_as(request->public_key)) continue;
    const Status good = check_leaf(one, expected);
    if (good) return one;
    if (!first) first = good.error();
  }
  if (first) return *first;
  return refused("certificate-key", "no certificate for the key of the request");
}

struct KnownRoots {
  std::vector<Certificate> anchors, intermediates;
};

KnownRoots parse_roots(const std::vector<TrustedRoot>& roots, std::vector<std::string>& warnings) {
  KnownRoots known;
  for (const TrustedRoot& root : roots) {
    auto one = Certificate::from_der(root.certificate);
    if (!one) {
      warnings.push_back("the trusted root \"" + printable(root.name) + "\" is not readable; add it anew");
      continue;
    }
    (one->is_self_signed() ? known.anchors : known.intermediates).push_back(std::move(*one));
  }
  return known;
}

using Path = std::vector<Certificate>;

// By the letter of RFC 5280 if that can be had, else as common clients do it, with a warning.
template <class Find>
Result<Path> find_path(const Find& find, std::vector<std::string>& warnings) {
  auto strict = find(PathOptions{.strict = true});
  if (strict || strict.error().id != "path-invalid") return strict;
  auto loose = find(PathOptions{.strict = false});
  if (loose)
    warnings.push_back("the chain does not keep to RFC 5280, and strict clients refuse it: " +
                       strict.error().detail);
  return loose;
}

Result<Path> build_chain(const Certificate& leaf, const std::vector<Certificate>& all,
                         const KnownRoots& known, Instant now, std::vector<std::string>& warnings) {
  // A certificate may start within the skew that is allowed.
  const Instant at = std::max(now, leaf.not_before());
  std::vector<Certificate> pool = all;
  pool.insert(pool.end(), known.intermediates.begin(), known.intermediates.end());
  auto path = find_path(
      [&](const PathOptions& how) { return build_path(leaf, pool, known.anchors, at, how); }, warnings);
  if (!path && path.error().id == "path-untrusted") {
    path = find_path([&](const PathOptions& how) { return link_path(leaf, pool, at, how); }, warnings);
    if (path) {
      warnings.push_back("no trusted root is known for \"" + path->back().issuer() +
                         "\"; add it to the trusted roots if clients are to trust this certificate");
    }
  }
  if (!path) return refused("certificate-chain", "a chain that does not hold: " + path.error().detail);
  return path;
}

bool is_in(const Path& path, const Certificate& one) {
  return std::ranges::any_of(path, [&](const Certificate& other) { return other.der() == one.der(); });
}

}  // namespace

Result<CheckedChain> PkiChainBuilder::check(const std::vector<Bytes>& downloaded, const Expected& expected,
                                            const std::vector<TrustedRoot>& roots) {
  TRY(const std::vector<Certificate> all, parse_all(downloaded));
  TRY(const Certificate leaf, find_leaf(all, expected));
  CheckedChain checked{.chain = {}, .facts = facts_of(leaf), .warnings = {}};
  const KnownRoots known = parse_roots(roots, checked.warnings);
  TRY(Path path, build_chain(leaf, all, known, expected.now, checked.warnings));
  for (const Certificate& one : all) {
    if (is_in(path, one) || one.is_self_signed()) continue;
    checked.warnings.push_back("the certificate of \"" + one.subject() +
                               "\" was left out: the chain does not need it");
  }
  if (path.size() > 1 && path.back().is_self_signed()) path.pop_back();
  for (const Certificate& one : path) checked.chain.push_back(one.der());
  return checked;
}

}  // namespace certstead
