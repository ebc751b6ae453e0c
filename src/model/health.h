// Health of a credential set: of its certificates, and of the operation that keeps them alive. Pure.
#pragma once

#include <string>
#include <vector>

#include "model/credential.h"

namespace certstead {

enum class Health { kGreen, kYellow, kRed };
std::string_view health_name(Health health);
Result<Health> parse_health(std::string_view text);

// One thing that is not as it should be.
struct Finding {
  Health severity = Health::kYellow;
  std::string id;       // stable, for programs: "expired", "weak-key"
  std::string subject;  // what it is about: the name of a set, of a watched address, of a root
  std::string detail;   // one sentence, with the way out where there is one
  bool operator==(const Finding&) const = default;
};

struct HealthReport {
  Health certificate = Health::kGreen;
  Health operation = Health::kGreen;
  std::vector<std::string> reasons;  // one sentence each, most serious first
  std::vector<Finding> findings;     // the same with their ids and severities
  // The worse of both.
  Health overall() const { return certificate > operation ? certificate : operation; }
};

// Red: no active certificate, one of the key types missing, expired or expiring within a day (within a tenth
// of its life if it lives less than ten days), a revoked one. Yellow: renewal overdue, in the renewal window
// with failures. An archived set is not judged: nobody counts on it. The operation is red after three
// failures in a row, yellow after one, and while
// a person has to bring a certificate.
HealthReport judge(const CredentialSet& set, const std::vector<CredentialVersion>& active, Instant now);

}  // namespace certstead
