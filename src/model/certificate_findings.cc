#include "model/certificate_findings.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "base/text.h"

namespace certstead {
namespace {

// RFC 6125 section 6.4.3: a wildcard stands for the whole leftmost label.
bool covers(std::string_view pattern, std::string_view name) {
  if (pattern == name) return true;
  if (!pattern.starts_with("*.") || name.starts_with("*.")) return false;
  const std::size_t dot = name.find('.');
  return dot != std::string_view::npos && name.substr(dot) == pattern.substr(1);
}

class Rules {
 public:
  Rules(const CredentialSet& set, Instant now) : set_(set), now_(now) {}

  void names(const CredentialVersion& version) {
    std::vector<std::string> missing;
    for (const HostPattern& name : set_.names) {
      const bool found = std::ranges::any_of(
          version.facts.names, [&](const std::string& pattern) { return covers(pattern, name.ascii()); });
      if (!found) missing.push_back(name.ascii());
    }
    if (missing.empty()) return;
    add(Health::kRed, "name-not-covered",
        which(version) + "does not cover " + printable(join(missing, ", ")) +
            "; request it again with these names");
  }

  void strength(const CredentialVersion& version, const VersionCheck& check) {
    for (const std::string& weakness : check.weaknesses) {
      add(Health::kRed, "weak",
          which(version) + "is weak: " + printable(weakness) + "; request one with a stronger key or CA");
    }
  }

  void chain(const CredentialVersion& version, const VersionCheck& check) {
    if (check.root_known) return;
    add(Health::kYellow, "chain-incomplete",
        which(version) + "leads to no root that is known here (" +
            (check.chain_problem.empty() ? "the top is signed by " + printable(check.top_issuer)
                                         : printable(check.chain_problem)) +
            "); add its root or intermediate with `certstead roots add`, then run `certstead roots rechain " +
            set_.name + "`");
  }

  void revocation(const CredentialVersion& version, const VersionCheck& check) {
    if (check.revocation == RevocationStatus::kRevoked) {
      add(Health::kRed, "revoked",
          which(version) + "was revoked" +
              (check.revoked_at ? " at " + to_rfc3339(*check.revoked_at) : std::string()) + " (" +
              revocation_reason_name(check.revocation_reason.value_or(0)) +
              "); get a new one with `certstead renew " + set_.name + " --force`");
    }
    const bool unknown = check.revocation == RevocationStatus::kUnknown && check.unknown_since;
    if (!unknown || now_ - *check.unknown_since < kRevocationPatience) return;
    add(Health::kYellow, "revocation-unknown",
        "revocation of " + which(version) + "is not known since " + to_rfc3339(*check.unknown_since) + ": " +
            printable(check.revocation_detail));
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  static std::string which(const CredentialVersion& version) {
    return "the " + std::string(key_type_name(version.key_type)) + " certificate ";
  }
  void add(Health severity, std::string id, std::string detail) {
    findings_.push_back({severity, std::move(id), set_.name, std::move(detail)});
  }

  const CredentialSet& set_;
  Instant now_;
  std::vector<Finding> findings_;
};

constexpr std::array<std::string_view, 11> kReasonNames = {
    "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
    "superseded",    "cessationOfOperation", "certificateHold", "",
    "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
constexpr std::array<std::string_view, 4> kStatusNames = {"not-offered", "good", "revoked", "unknown"};

}  // namespace

std::string_view revocation_status_name(RevocationStatus status) {
  return kStatusNames.at(static_cast<std::size_t>(status));
}

Result<RevocationStatus> parse_revocation_status(std::string_view text) {
  const auto found = std::ranges::find(kStatusNames, text);
  if (found != kStatusNames.end()) return static_cast<RevocationStatus>(found - kStatusNames.begin());
  return invalid("\"" + printable(text, 40) + "\" is no status of revocation", "unknown-word");
}

std::string revocation_reason_name(int reason) {
  const bool named = reason >= 0 && reason < static_cast<int>(kReasonNames.size());
  const std::string_view name = named ? kReasonNames.at(static_cast<std::size_t>(reason)) : "";
  return name.empty() ? std::to_string(reason) : std::string(name);
}

std::vector<Finding> certificate_findings(const CredentialSet& set,
                                          const std::vector<CredentialVersion>& active,
                                          const std::vector<VersionCheck>& checks, Instant now) {
  Rules rules(set, now);
  for (const CredentialVersion& version : active) {
    rules.names(version);
    const auto check = std::ranges::find(checks, version.id, &VersionCheck::version_id);
    if (check == checks.end() || !check->checked_at) continue;
    rules.revocation(version, *check);
    rules.strength(version, *check);
    rules.chain(version, *check);
  }
  return rules.take();
}

HealthReport health_of(const CredentialSet& set, const std::vector<CredentialVersion>& active,
                       const std::vector<VersionCheck>& checks, Instant now) {
  HealthReport report = judge(set, active, now);
  for (Finding& finding : certificate_findings(set, active, checks, now)) {
    report.certificate = std::max(report.certificate, finding.severity);
    report.findings.push_back(std::move(finding));
  }
  sort_findings(report.findings);
  report.reasons.clear();
  for (const Finding& finding : report.findings) report.reasons.push_back(finding.detail);
  return report;
}

std::vector<Finding> root_findings(const std::vector<TrustedRoot>& roots, Instant now) {
  std::vector<Finding> out;
  for (const TrustedRoot& root : roots) {
    const std::string what = std::string(root.self_signed ? "the root " : "the intermediate ");
    const Duration left = root.facts.not_after - now;
    if (left > kRootWarning) continue;
    const bool over = left <= Duration{0};
    out.push_back({over ? Health::kRed : Health::kYellow, over ? "root-expired" : "root-expires",
                   "root " + root.name,
                   what + printable(root.name) +
                       (over ? " expired " + describe(-left) + " ago" : " expires in " + describe(left)) +
                       "; add its successor with `certstead roots add`, then run `certstead roots rechain`"});
  }
  return out;
}

void sort_findings(std::vector<Finding>& findings) {
  const auto before = [](const Finding* a, const Finding* b) {
    return std::tie(a->severity, a->id, a->subject, a->detail) <
           std::tie(b->severity, b->id, b->subject, b->detail);
  };
  std::set<const Finding*, decltype(before)> seen(before);
  std::vector<bool> is_new;
  for (const Finding& finding : findings) is_new.push_back(seen.insert(&finding).second);
  std::vector<Finding> unique;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (is_new[i]) unique.push_back(std::move(findings[i]));
  }
  std::ranges::stable_sort(unique, std::ranges::greater{}, &Finding::severity);
  findings = std::move(unique);
}

Health worst_of(const std::vector<Finding>& findings) {
  Health worst = Health::kGreen;
  for (const Finding& finding : findings) worst = std::max(worst, finding.severity);
  return worst;
}

}  // namespace certstead
