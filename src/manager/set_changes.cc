#include "manager/set_changes.h"

#include <algorithm>

#include "base/id.h"
#include "base/text.h"

namespace certstead {

Status check_set_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  if (name.empty() || name.size() > 253 || !std::all_of(name.begin(), name.end(), allowed) ||
      name.front() == '.' || name.front() == '-') {
    return invalid(
        "\"" + printable(name, 60) +
            "\" can't name a credential set: use 1 to 253 letters, digits, dots, hyphens and underscores, "
            "beginning with a letter or digit",
        "set-name");
  }
  return Done{};
}

Result<CredentialSet> change_set(const Context& context, std::string_view set_id,
                                 const std::function<void(CredentialSet&)>& change, const AuditNote& note) {
  constexpr int kTries = 8;
  for (int i = 1;; ++i) {
    TRY(CredentialSet set, context.store.sets.find_set(set_id));
    change(set);
    const auto revision = context.store.sets.update_set(set, note);
    if (revision) {
      set.revision = *revision;
      return set;
    }
    if (revision.error().code != Code::kConflict || i == kTries) return revision.error();
  }
}

Result<std::string> start_issue(const Context& context, const CredentialSet& set, std::string_view argument,
                                Instant run_at, const AuditNote& note) {
  Job job;
  job.id = make_id();
  job.kind = JobKind::kIssue;
  job.set_id = set.id;
  job.set_name = set.name;
  job.argument = argument;
  job.run_at = run_at;
  job.created = context.clock.now();
  TRY(const std::string id, context.store.jobs.add_job(job));
  TRY(const auto active, context.store.versions.active_versions(set.id));
  const SetStatus status = active.empty() ? SetStatus::kPending : SetStatus::kRenewing;
  if (set.status == status) return id;
  CHECK_OK(change_set(
      context, set.id, [&](CredentialSet& s) { s.status = status; }, note));
  return id;
}

}  // namespace certstead
