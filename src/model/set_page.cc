#include "model/set_page.h"

#include "model/certificate_findings.h"
#include "model/deployment_health.h"

namespace certstead {

HealthReport health_of(const SetParts& parts, Instant now) {
  HealthReport report = health_of(parts.set, parts.active, parts.checks, now);
  if (parts.set.status != SetStatus::kArchived) {
    const auto active = active_certificates(parts.active);
    judge_views(parts.set.name, parts.views, active, now, report);
    judge_deployments(parts.deployments, active, now, report);
  }
  sort_findings(report.findings);
  report.reasons.clear();
  for (const Finding& finding : report.findings) report.reasons.push_back(finding.detail);
  return report;
}

}  // namespace certstead
