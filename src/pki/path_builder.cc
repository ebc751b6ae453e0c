#include "pki/path_builder.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "crypto/openssl.h"
#include "pki/path_verify.h"

namespace certstead {
namespace {

// Depth-first, one length after the other, so that the shortest paths come first. A path never holds two
// certificates of the same subject and key: leaving out what is between them gives a shorter one.
class PathSearch {
 public:
  using Path = std::vector<std::size_t>;
  // Returns true to end the search.
  using Visit = std::function<bool(const Path&)>;

  PathSearch(const Certificate& leaf, Instant now) : now_(now) { add(leaf, false); }
  void add(const Certificate& certificate, bool anchor);
  // Calls `visit` with every path of at most kMaxPathLength certificates whose signatures hold and whose
  // issuers are within their dates.
  bool run(const Visit& visit);

  bool is_anchor(std::size_t node) const { return nodes_[node].anchor; }
  const std::vector<std::size_t>& issuers(std::size_t node);
  // An issuer that is not self-signed is there by name, but none can be used.
  bool is_blocked(std::size_t node) const { return nodes_[node].blocked; }
  std::vector<Certificate> certificates(const Path& path) const;
  bool limited() const { return limited_; }
  // Why a certificate that would have led on was passed over; "" if none was.
  const std::string& passed_over() const { return passed_over_; }

 private:
  struct Node {
    Certificate certificate;
    bool anchor = false, blocked = false;
    std::optional<std::vector<std::size_t>> issuers = {};
    std::optional<std::size_t> holder = {};
  };
  bool extend(std::size_t length, const Visit& visit);
  bool issued(const Node& node, const Node& issuer);
  bool in_dates(const Certificate& certificate);
  std::size_t holder(std::size_t node);

  const Instant now_;
  std::vector<Node> nodes_;
  std::map<Bytes, std::size_t> known_;
  std::map<std::pair<std::string, Bytes>, std::size_t> holders_;
  Path path_;
  std::size_t steps_ = 0, signatures_ = 0;
  bool deeper_ = false, limited_ = false;
  std::string passed_over_;
};

void PathSearch::add(const Certificate& certificate, bool anchor) {
  const auto [at, fresh] = known_.try_emplace(certificate.der(), nodes_.size());
  if (fresh) nodes_.push_back({certificate});
  nodes_[at->second].anchor = nodes_[at->second].anchor || anchor;
}

bool PathSearch::run(const Visit& visit) {
  for (std::size_t length = 1; length <= kMaxPathLength && !limited_; ++length) {
    deeper_ = false;
    path_ = {0};
    if (extend(length, visit)) return true;
    if (!deeper_) return false;
  }
  limited_ = true;
  return false;
}

bool PathSearch::extend(std::size_t length, const Visit& visit) {
  if (++steps_ > kMaxPathSteps) limited_ = true;
  if (limited_) return false;
  const std::size_t last = path_.back();
  if (path_.size() == length) {
    if (visit(path_)) return true;
    deeper_ = deeper_ || (!is_anchor(last) && !issuers(last).empty());
    return false;
  }
  if (is_anchor(last)) return false;
  const std::vector<std::size_t> next = issuers(last);
  for (const std::size_t node : next) {
    const auto is_same = [&](std::size_t other) { return holder(other) == holder(node); };
    if (std::any_of(path_.begin(), path_.end(), is_same)) continue;
    path_.push_back(node);
    if (extend(length, visit)) return true;
    path_.pop_back();
  }
  return false;
}

// Subject and key of a certificate as a small number.
std::size_t PathSearch::holder(std::size_t node) {
  Node& at = nodes_[node];
  if (!at.holder) {
    std::pair key(at.certificate.subject(), at.certificate.public_key().spki());
    at.holder = holders_.try_emplace(std::move(key), holders_.size()).first->second;
  }
  return *at.holder;
}

bool PathSearch::in_dates(const Certificate& certificate) {
  const Instant second = std::chrono::floor<std::chrono::seconds>(now_);
  if (second >= certificate.not_before() && second <= certificate.not_after()) return true;
  passed_over_ = "\"" + certificate.subject() + "\" is not within its dates";
  return false;
}

bool PathSearch::issued(const Node& node, const Node& issuer) {
  if (++signatures_ > kMaxPathSignatures) limited_ = true;
  if (limited_) return false;
  if (node.certificate.is_signed_by(issuer.certificate)) return true;
  passed_over_ = "\"" + issuer.certificate.subject() + "\" has the issuer's name, but not its key";
  return false;
}

const std::vector<std::size_t>& PathSearch::issuers(std::size_t index) {
  if (nodes_[index].issuers) return *nodes_[index].issuers;
  Node& node = nodes_[index];
  const X509_NAME* const name = X509_get_issuer_name(node.certificate.native());
  std::vector<std::size_t> found;
  bool named = false;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Certificate& other = nodes_[i].certificate;
    if (i == index || X509_NAME_cmp(name, X509_get_subject_name(other.native())) != 0) continue;
    named = named || !other.is_self_signed();
    if (in_dates(other) && issued(node, nodes_[i])) found.push_back(i);
  }
  const Bytes& wanted = node.certificate.authority_key_id();
  const auto rank = [&](std::size_t i) {
    const bool same_id = wanted.empty() || nodes_[i].certificate.subject_key_id() == wanted;
    return std::tuple(!nodes_[i].anchor, !same_id, -to_unix_ms(nodes_[i].certificate.not_after()), i);
  };
  std::sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  node.blocked = found.empty() && named;
  node.issuers = std::move(found);
  return *node.issuers;
}

std::vector<Certificate> PathSearch::certificates(const Path& path) const {
  std::vector<Certificate> out;
  out.reserve(path.size());
  for (const std::size_t node : path) out.push_back(nodes_[node].certificate);
  return out;
}

Error too_much() {
  return invalid(
      "the search for a path took too long: there are too many certificates of the same names; send only "
      "those that belong to the chain",
      "path-limit");
}

// Verifies candidates one after the other until one is good.
class Judge {
 public:
  Judge(PathSearch& search, Instant now, const PathOptions& options)
      : search_(search), now_(now), options_(options) {}

  bool accepts(const PathSearch::Path& path, PathEnd end) {
    if (++verifications_ > kMaxPathVerifications) return true;  // gives up
    std::vector<Certificate> candidate = search_.certificates(path);
    const Status verified = verify_path(candidate, end, now_, options_);
    if (verified) found_ = std::move(candidate);
    if (!verified && !first_refusal_) first_refusal_ = verified.error();
    return found_.has_value();
  }
  std::optional<std::vector<Certificate>>& found() { return found_; }
  const std::optional<Error>& first_refusal() const { return first_refusal_; }
  bool limited() const { return search_.limited() || verifications_ > kMaxPathVerifications; }

 private:
  PathSearch& search_;
  const Instant now_;
  const PathOptions& options_;
  std::size_t verifications_ = 0;
  std::optional<std::vector<Certificate>> found_;
  std::optional<Error> first_refusal_;
};

}  // namespace

Result<std::vector<Certificate>> build_path(const Certificate& leaf, const std::vector<Certificate>& pool,
                                            const std::vector<Certificate>& roots, Instant now,
                                            const PathOptions& options) {
  if (pool.size() + roots.size() > kMaxPathCertificates) return too_much();
  PathSearch search(leaf, now);
  for (const Certificate& one : pool) search.add(one, false);
  for (const Certificate& one : roots) search.add(one, one.is_self_signed());
  Judge judge(search, now, options);
  search.run([&](const PathSearch::Path& path) {
    return search.is_anchor(path.back()) && judge.accepts(path, PathEnd::kRoot);
  });
  if (judge.found()) return std::move(*judge.found());
  if (judge.first_refusal()) return *judge.first_refusal();
  if (judge.limited()) return too_much();
  std::string detail =
      "no path leads from \"" + leaf.subject() + "\", issued by \"" + leaf.issuer() + "\", to a trusted root";
  if (!search.passed_over().empty()) detail += " (" + search.passed_over() + ")";
  return invalid(detail + "; add the root of its CA to the trusted roots", "path-untrusted");
}

Result<std::vector<Certificate>> link_path(const Certificate& leaf, const std::vector<Certificate>& pool,
                                           Instant now, const PathOptions& options) {
  if (pool.size() > kMaxPathCertificates) return too_much();
  PathSearch search(leaf, now);
  for (const Certificate& one : pool) search.add(one, one.is_self_signed());
  Judge judge(search, now, options);
  // A way up to a self-signed certificate is complete; only without one an open end will do.
  const bool complete = search.run([&](const PathSearch::Path& path) {
    return search.is_anchor(path.back()) && judge.accepts(path, PathEnd::kRoot);
  });
  if (!complete) {
    search.run([&](const PathSearch::Path& path) {
      const bool ends = search.issuers(path.back()).empty() && !search.is_blocked(path.back());
      return ends && !search.is_anchor(path.back()) && judge.accepts(path, PathEnd::kOpen);
    });
  }
  if (judge.found()) return std::move(*judge.found());
  if (judge.first_refusal()) return *judge.first_refusal();
  if (judge.limited()) return too_much();
  return invalid("the chain does not hold together: " + search.passed_over(), "path-invalid");
}

}  // namespace certstead
