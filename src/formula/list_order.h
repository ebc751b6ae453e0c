// Joining and sorting lists. Pure.
#pragma once

#include <string>
#include <vector>

#include "formula/meter.h"

namespace certstead::formula {

// `list` with the elements of `more` behind its own; an error if they are of different kinds.
Value append_to_list(Value list, const Value& more, Meter& meter);
// Keywords: [ASCENDING] (default), [DESCENDING], [CASESENSITIVE] (default), [CASEINSENSITIVE] and the ones
// about accents and pitch, which change nothing. The last of two that contradict each other counts.
Value sort_list(Value list, const std::vector<std::string>& keywords, Meter& meter);
// The elements of `list` in the order of `indices`.
Value reorder_list(const Value& list, const std::vector<std::size_t>& indices);

}  // namespace certstead::formula
