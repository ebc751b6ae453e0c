// One run of the job that revokes versions of a set at their CA.
#pragma once

#include "manager/issue_run.h"

namespace certstead {

// The job's argument: "REASON leave-empty|replace VERSION_ID..." as Requests::revoke writes it. With
// "replace" the old versions serve until new ones are active, except for a compromised key: that one is
// revoked at once.
Result<RunOutcome> run_revoke(const Context& context, const ExecutorOptions& options, const Job& job);

}  // namespace certstead
