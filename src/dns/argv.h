// A line of text as the words of a command, by fixed rules and without a shell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace certstead {

// Blanks, tabs and line ends part words. '...' is taken as it stands; in "..." a backslash takes a following
// \ or " as it is, any other backslash stands for itself; outside of quotes it takes the next character as it
// is. Quotes may begin and end inside of a word; "" is an empty word. Nothing is replaced: $ and ~ are plain.
// kInvalid for a quote that is not closed, and for | & ; < > ` ( ) and # at the beginning of a word outside
// of quotes: whoever wrote them expects a shell.
Result<std::vector<std::string>> split_words(std::string_view line);

}  // namespace certstead
