#include "pki/pki_chain_builder.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "crypto/csr.h"
#include "pki/chain_search.h"
#include "pki/pki_inspector.h"

namespace certstead {
namespace {

constexpr std::string_view kUnused = "; nothing of it is used";

Error refused(const char* id, const std::string& why) {
  return invalid("the CA sent " + why + std::string(kUnused), id);
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
                   "a certificate without the name " + name_for_people(name) +
                       ", which was asked for; it names " +
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

using Path = std::vector<Certificate>;

Result<Path> build_chain(const Certificate& leaf, const std::vector<Certificate>& all,
                         const KnownRoots& known, Instant now, std::vector<std::string>& warnings) {
  std::vector<Certificate> pool = all;
  pool.insert(pool.end(), known.intermediates.begin(), known.intermediates.end());
  // A certificate may start within the skew that is allowed.
  auto found = search_chain(leaf, pool, known.anchors, std::max(now, leaf.not_before()));
  if (!found) return refused("certificate-chain", "a chain that does not hold: " + found.error().detail);
  warnings.insert(warnings.end(), found->warnings.begin(), found->warnings.end());
  return std::move(found->path);
}

bool is_in(const Path& path, const Certificate& one) {
  return std::ranges::any_of(path, [&](const Certificate& other) { return other.der() == one.der(); });
}

}  // namespace

Result<CheckedChain> PkiChainBuilder::check(const std::vector<Bytes>& downloaded, const Expected& expected,
                                            const std::vector<TrustedRoot>& roots) {
  TRY(const std::vector<Certificate> all, parse_all(downloaded));
  TRY(const Certificate leaf, find_leaf(all, expected));
  const KnownRoots known = parse_roots(parsed_roots_, roots);
  CheckedChain checked{.chain = {}, .facts = facts_of(leaf), .warnings = known.warnings};
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
