// What views and the reports of deployments say about a set: is what was issued deployed, and is it served?
// Pure.
#pragma once

#include "model/deployment.h"
#include "model/health.h"
#include "model/member_progress.h"

namespace certstead {

// How far the active certificates have come, each derived from artefacts: the serials of the active versions,
// of the files, of the handshakes.
enum class Reach {
  kNone,  // nothing of this kind is configured (or issued)
  kYes,   // every one of them
  kPart,  // some, or some places
  kNo,    // none
};
std::string_view reach_name(Reach reach);  // "none", "yes", "part", "no"

struct DeploymentFacts {
  Reach deployed = Reach::kNone;
  Reach served = Reach::kNone;
};

// `active` are the active certificates as (kind and) serial; a report speaks only of the kinds that it
// deployed.
struct ActiveCertificate {
  std::string version_id;
  KeyType key_type = KeyType::kP256;
  std::string serial;
  Instant activated{};
};
std::vector<ActiveCertificate> active_certificates(const std::vector<CredentialVersion>& active);

// Deployed: every view that the set goes into, and every file of a deployment, has it.
DeploymentFacts facts_of(const std::vector<DeploymentReport>& reports,
                         const std::vector<ActiveCertificate>& active,
                         const std::vector<ViewHolding>& views = {});
// How much of `active` one view has.
Reach reach_of(const ViewHolding& view, const std::vector<ActiveCertificate>& active);
// Id of what is on its way: certificates of the last ten minutes that are not deployed or served yet.
inline constexpr std::string_view kDeployPending = "deploy-pending";
// Id of what this manager has not proved for a day.
inline constexpr std::string_view kProofStale = "proof-stale";
// Adds reasons to `health`. Red: a deployment failed ("deploy-failed"), files older than what was issued
// ("deploy-outdated"), a port that shows something else ("not-served"). Yellow: kDeployPending; no report for
// a day ("deploy-silent", kProofStale).
void judge_deployments(const std::vector<DeploymentReport>& reports,
                       const std::vector<ActiveCertificate>& active, Instant now, HealthReport& health);
// Adds reasons to `health`. Red: a view does not have what was issued, because its member did not take it
// ("view-refused") or after ten minutes for any reason ("view-outdated"). Yellow: it has the certificates,
// but the member did not take what else was told of the set ("view-refused").
void judge_views(const std::string& set_name, const std::vector<ViewHolding>& views,
                 const std::vector<ActiveCertificate>& active, Instant now, HealthReport& health);

}  // namespace certstead
