// The head of an HTTP/1.1 message as text: found, and checked line by line.
#pragma once

#include <string_view>

#include "net/http1_parser.h"

namespace certstead {

// Finds the end of a head in a stream that comes in pieces, and refuses bytes that no head has: NUL, CR
// without LF, LF without CR.
class Http1HeadScanner {
 public:
  // How many bytes of `data` belong to the head; `complete()` tells whether its blank line was among them.
  // Error: kInvalid.
  Result<std::size_t> scan(std::string_view data);
  bool complete() const { return state_ == State::kComplete; }

 private:
  enum class State { kText, kCr, kLineStart, kLastCr, kComplete };
  State state_ = State::kText;
};

// Checks a whole head with its blank line: version, shape of each line, number of lines, and that exactly one
// way of framing is named. Returns its header fields. Errors: kInvalid, kLimited for too many lines.
Result<Http1Head> check_http1_head(std::string_view text, Http1Parser::Kind kind, std::size_t most_headers);

}  // namespace certstead
