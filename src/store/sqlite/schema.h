// The tables, as the list of steps that make them.
#pragma once

#include <vector>

#include "store/sqlite/migrations.h"

namespace certstead::sqlite {

// Oldest first. A released one is never changed: what is new is a further one at the end.
const std::vector<Migration>& schema();

}  // namespace certstead::sqlite
