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
  const ActiveCertificate* wanted = active_of(active, served.kind == "rsa");
  return wanted != nullptr && served.problem.empty() && served.serial == wanted->serial;
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
    if (now_ - report_.reported > kSilence) {
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
    const std::string detail = "deployment " + report_.name + " " + what;
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
      out.push_back({version.key_type, version.facts.serial, version.activated});
    }
  }
  return out;
}

DeploymentFacts facts_of(const std::vector<DeploymentReport>& reports,
                         const std::vector<ActiveCertificate>& active) {
  Tally deployed, served;
  for (const DeploymentReport& report : reports) {
    if (report.deployed.empty()) deployed.add(false);
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

}  // namespace certstead
