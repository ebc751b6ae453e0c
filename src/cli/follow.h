// Follows a job to its end.
#pragma once

#include "cli/session.h"

namespace certstead {

// Says each line of progress as it comes ("08:15:46  order made"). Ends when the job is done or failed, or
// when its try failed and the next one is more than half a minute away. Returns the job as it was last seen.
// A manager that goes away in between is waited for, about ten seconds.
Result<boost::json::value> follow_job(Session& session, const std::string& id);

// What a followed job came to. An error unless it is done: its last error, and when the manager tries again.
Status outcome_of_job(const boost::json::value& job, Instant now);

}  // namespace certstead
