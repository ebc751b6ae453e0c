#include "model/deployment_health.h"

#include <algorithm>
#include <array>

namespace certstead {
namespace {

constexpr Duration kGrace = std::chrono::minutes{10};
constexpr Duration kSilence = std::chrono::days{1};

// How many of how many are as they should be.
struct Tally {
  int right = 0, all = 0;
  void add(bool is_right) {
    ++all;
    if (is_right) ++right;
  }
  Reach reach() const {
    if (all == 0) return Reach::kNone;
    if (right == all) return Reach::kYes;
    return right > 0 ? Reach::kPart : Reach::kNo;
  }
};

const ActiveCertificate* active_of(const std::vector<ActiveCertificate>& active, bool rsa) {
  const auto found =
      std::find_if(active.begin(), active.end(), [&](const auto& a) { return is_rsa(a.key_type) == rsa; });
  return found == active.end() ? nullptr : &*found;
}

bool is_served(const ServedCertificate& served, const std::vector<ActiveCertificate>& active) {
  if (!served.problem.empty()) return false;
  return std::any_of(active.begin(), active.end(), [&](const ActiveCertificate& one) {
    return is_rsa(one.key_type) == (served.kind == "rsa") && one.serial == served.serial;
  });
}

bool is_of_view(const DeploymentReport& report) { return report.layout == kViewLayout; }

std::string what_reports(const DeploymentReport& report) {
  if (!is_of_view(report)) return "deployment " + report.name + " ";
  return "view " + report.name.substr(0, report.name.find(':')) + " ";
}

class Judge {
 public:
  Judge(const DeploymentReport& report, const std::vector<ActiveCertificate>& active, Instant now,
        HealthReport& health)
      : report_(report), active_(active), now_(now), health_(health) {}

  void run() {
    if (report_.outcome == DeployOutcome::kFailed) {
      // What is not deployed and not served follows from it.
      worse(Health::kRed, "deploy-failed", "failed: " + report_.error);
    } else {
      for (const DeployedCertificate& file : report_.deployed) judge_file(file);
      for (const ServedCertificate& served : report_.served) judge_served(served);
    }
    if (now_ - report_.reported > kSilence && is_of_view(report_)) {
      worse(Health::kYellow, std::string(kProofStale),
            "has not been proved for " + describe(now_ - report_.reported) +
                "; restart the manager and look at its log");
    } else if (now_ - report_.reported > kSilence) {
      worse(Health::kYellow, "deploy-silent",
            "has not reported for " + describe(now_ - report_.reported) +
                "; does `certstead deploy watch` run on that host?");
    }
  }

 private:
  void judge_file(const DeployedCertificate& file) {
    const ActiveCertificate* wanted = active_of(active_, is_rsa(file.key_type));
    if (wanted == nullptr || wanted->serial == file.serial) return;
    late_or_pending(is_fresh(*wanted), "deploy-outdated",
                    "deployed is older than issued: " + file.path + " has serial " + file.serial +
                        ", issued is " + wanted->serial);
  }

  void judge_served(const ServedCertificate& served) {
    if (is_served(served, active_)) return;
    const ActiveCertificate* wanted = active_of(active_, served.kind == "rsa");
    const bool fresh = wanted != nullptr && is_fresh(*wanted) && served.problem.empty();
    if (fresh && is_of_view(report_)) return;  // proved again in a moment, by this manager itself
    const std::string seen = served.problem.empty() ? "it shows serial " + served.serial : served.problem;
    late_or_pending(fresh, "not-served",
                    "not served at " + served.target + " (" + served.kind + "): " + seen);
  }

  bool is_fresh(const ActiveCertificate& wanted) const { return now_ - wanted.activated <= kGrace; }
  void late_or_pending(bool pending, std::string id, const std::string& what) {
    worse(pending ? Health::kYellow : Health::kRed, pending ? std::string(kDeployPending) : std::move(id),
          what);
  }

  void worse(Health level, std::string id, const std::string& what) {
    const std::string detail = what_reports(report_) + what;
    health_.operation = std::max(health_.operation, level);
    health_.reasons.push_back(detail);
    health_.findings.push_back({level, std::move(id), report_.set_name, detail});
  }

  const DeploymentReport& report_;
  const std::vector<ActiveCertificate>& active_;
  const Instant now_;
  HealthReport& health_;
};

}  // namespace

std::string_view reach_name(Reach reach) {
  constexpr std::array<std::string_view, 4> kNames = {"none", "yes", "part", "no"};
  return kNames[static_cast<std::size_t>(reach)];
}

std::vector<ActiveCertificate> active_certificates(const std::vector<CredentialVersion>& active) {
  std::vector<ActiveCertificate> out;
  for (const CredentialVersion& version : active) {
    if (version.state == VersionState::kActive) {
      out.push_back({version.id, version.key_type, version.facts.serial, version.activated});
    }
  }
  return out;
}

namespace {

bool holds(const ViewHolding& view, const ActiveCertificate& certificate) {
  return std::find(view.versions.begin(), view.versions.end(), certificate.version_id) != view.versions.end();
}

void count(const ViewHolding& view, const std::vector<ActiveCertificate>& active, Tally& into) {
  for (const ActiveCertificate& certificate : active) into.add(holds(view, certificate));
}

}  // namespace

Reach reach_of(const ViewHolding& view, const std::vector<ActiveCertificate>& active) {
  Tally held;
  count(view, active, held);
  return held.reach();
}

DeploymentFacts facts_of(const std::vector<DeploymentReport>& reports,
                         const std::vector<ActiveCertificate>& active,
                         const std::vector<ViewHolding>& views) {
  Tally deployed, served;
  for (const ViewHolding& view : views) count(view, active, deployed);
  for (const DeploymentReport& report : reports) {
    if (report.deployed.empty() && !is_of_view(report)) deployed.add(false);
    for (const DeployedCertificate& file : report.deployed) {
      const ActiveCertificate* wanted = active_of(active, is_rsa(file.key_type));
      deployed.add(wanted != nullptr && wanted->serial == file.serial);
    }
    for (const ServedCertificate& seen : report.served) served.add(is_served(seen, active));
  }
  return {deployed.reach(), served.reach()};
}

void judge_deployments(const std::vector<DeploymentReport>& reports,
                       const std::vector<ActiveCertificate>& active, Instant now, HealthReport& health) {
  for (const DeploymentReport& report : reports) Judge(report, active, now, health).run();
}

namespace {

// Of one that is on its way to the view there is nothing to say yet.
bool is_late(const ViewHolding& view, const ActiveCertificate& certificate, Instant now) {
  return !holds(view, certificate) && (!view.refused.empty() || now - certificate.activated > kGrace);
}

std::string missing_text(const std::vector<const ActiveCertificate*>& missing) {
  std::string out;
  for (const ActiveCertificate* one : missing) {
    out += (out.empty() ? "" : ", ") + std::string(key_type_name(one->key_type)) + " serial " + one->serial;
  }
  return out;
}

}  // namespace

void judge_views(const std::string& set_name, const std::vector<ViewHolding>& views,
                 const std::vector<ActiveCertificate>& active, Instant now, HealthReport& health) {
  for (const ViewHolding& view : views) {
    std::vector<const ActiveCertificate*> missing;
    for (const ActiveCertificate& certificate : active) {
      if (is_late(view, certificate, now)) missing.push_back(&certificate);
    }
    if (missing.empty() && view.refused.empty()) continue;
    const std::string where = "the view " + view.view + " of member " + view.member;
    const Health level = missing.empty() ? Health::kYellow : Health::kRed;
    std::string id = "view-outdated", detail;
    if (view.refused.empty()) {
      detail = where + " does not have what was issued (" + missing_text(missing) +
               "); look for member.pull in the log of that host";
    } else {
      id = "view-refused";
      detail = where + " did not take what it was told of " + set_name +
               " last and goes on with what it had: " + view.refused + "; `certstead renew " + set_name +
               " --force` makes a new one";
    }
    health.operation = std::max(health.operation, level);
    health.reasons.push_back(detail);
    health.findings.push_back({level, std::move(id), set_name, std::move(detail)});
  }
}

}  // namespace certstead
