// A command typed as one text, into its words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace certstead {

// Words are separated by blanks; within '...' and "..." blanks are kept. Nothing else is special, since no
// shell reads the command: kInvalid for what somebody writes who expects one ($, |, ;, &, <, >, ` and *
// outside of quotes), for a quote that does not end, and for nothing at all. Pure.
Result<std::vector<std::string>> split_words(std::string_view text);

}  // namespace certstead
