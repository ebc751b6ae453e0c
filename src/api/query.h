// The query of a request, and percent-decoding.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace certstead {

// "%C3%BC" to its bytes. kInvalid for a broken escape or a NUL. '+' stays '+', as in a path.
Result<std::string> percent_decode(std::string_view text);

// "a=1&b=2" as names and values, percent-decoded; '+' is a blank in values (as forms send it).
class Query {
 public:
  // `allowed` lists the names that may be there, separated by blanks. kInvalid for another name, a name given
  // twice, or a broken escape.
  static Result<Query> parse(std::string_view text, std::string_view allowed);

  // The value, or "".
  std::string text(std::string_view name) const;
  // The value as a whole number, `absent` if it is not there. kInvalid outside of `least` .. `most`.
  Result<std::int64_t> number(std::string_view name, std::int64_t absent, std::int64_t least,
                              std::int64_t most) const;
  // True for "1" and "true", false if it is absent, "0" or "false". kInvalid for anything else.
  Result<bool> flag(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace certstead
