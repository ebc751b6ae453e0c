// Strict reading and plain writing of JSON (RFC 8259). Pure; safe from any thread.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace certstead {

struct JsonLimits {
  std::size_t max_bytes = std::size_t{1} << 20;
  // How many arrays and objects may be open at a time.
  std::size_t max_depth = 32;
};

// Reads the whole of `text` as one value. The result shares nothing with `text`.
// Error: kInvalid, naming the byte offset (from 0), on a syntax error, invalid UTF-8, an object member given
// twice (RFC 8259 section 4 leaves its meaning open), a number too large for a double, anything but blanks
// after the value, and on more than the limits allow. A byte order mark is refused. Integers outside of 64
// bits become doubles; doubles are read to within a few units in the last place.
Result<boost::json::value> parse_json(std::string_view text, const JsonLimits& limits = {});

// On one line, without blanks; members in the order in which they were put in.
// `value` must hold valid UTF-8 and finite numbers only, as parse_json gives.
std::string to_json_text(const boost::json::value& value);

// For people: two blanks of indentation, one member or element a line, a line end at the end.
std::string to_pretty_json(const boost::json::value& value);

}  // namespace certstead
