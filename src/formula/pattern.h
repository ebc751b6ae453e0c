// The patterns of @Matches and @Like. Time is at most the product of the lengths: no pattern makes it more.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formula/meter.h"

namespace certstead::formula {

// @Matches: letters in any case; ? any character, * any text, {a-z} {!a-z} sets (their case counts), +x any
// number of x, \x just x; and around whole patterns ! not, & and, | or, read from the left.
Result<bool> matches_pattern(std::string_view text, std::string_view pattern, Meter& meter);
// @Like: case counts; _ any character, % any text; `escape`, if any, takes the next one literally.
bool is_like(std::string_view text, std::string_view pattern, std::string_view escape, Meter& meter);

}  // namespace certstead::formula
