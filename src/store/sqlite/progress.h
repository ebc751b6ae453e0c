// Lines of progress, as both orders and jobs write them.
#pragma once

#include "store/sqlite/database.h"

namespace certstead::sqlite {

// Adds the next line of a job.
Status add_progress_row(Database& db, std::string_view job_id, Instant at, std::string_view text);

}  // namespace certstead::sqlite
