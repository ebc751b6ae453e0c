// Numbered steps that bring the tables of a store up to date; forward only.
#pragma once

#include <vector>

#include "store/sqlite/database.h"

namespace certstead::sqlite {

struct Migration {
  std::int64_t number;  // 1, 2, 3, ...
  const char* name;
  const char* sql;
};

// Runs those of `steps` that the database has not had yet, each in a transaction of its own together with the
// row that says so: cut off anywhere, the next call goes on where this one stopped. Yields how many it ran.
// kInvalid if the database had steps that `steps` does not hold ("store-newer"), had one with another text
// ("store-changed"), or belongs to another program ("not-a-store").
Result<std::size_t> migrate(Database& db, const std::vector<Migration>& steps, Instant now);

// Changes nothing: the same errors, and kInvalid ("store-older") if some of `steps` are still to be run.
Status check_steps(Database& db, const std::vector<Migration>& steps);

}  // namespace certstead::sqlite
