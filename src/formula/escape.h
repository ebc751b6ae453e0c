// Writing a text so that it stays one text where it is put. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace certstead::formula {

// Where a text is put.
enum class Escape {
  kPlain,       // as it is: only for texts that are not taken apart again
  kUrl,         // a segment of a path, or a name or value of a query (RFC 3986 section 2.3)
  kJsonString,  // between the quotes of a JSON string
  kHeader,      // the value of a header field: control characters are refused, kInvalid
  kForm,        // a name or value of application/x-www-form-urlencoded
};

// Error: kInvalid, with the offending character, if `text` can't stand there at all.
Result<std::string> escaped_for(Escape where, std::string_view text);

std::string percent_encoded(std::string_view text);  // all but letters, digits and -._~
// What stands between the quotes. Bytes that are no UTF-8 become U+FFFD.
std::string json_escaped(std::string_view text);

}  // namespace certstead::formula
