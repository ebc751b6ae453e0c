// One run of the job that asks the CA when a set should be renewed (ARI, RFC 9773).
#pragma once

#include "manager/issue_run.h"

namespace certstead {

// Moves the set's renewal into the CA's window and plans the next question. That the CA does not answer never
// delays the renewal by age, and is no failure of the set.
Result<RunOutcome> run_renewal_info(const Context& context, const ExecutorOptions& options, const Job& job);

}  // namespace certstead
