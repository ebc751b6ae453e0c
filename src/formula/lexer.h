// Cuts the text of a formula into tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formula/formula.h"

namespace certstead::formula {

struct Token {
  enum class Kind { kEnd, kText, kNumber, kName, kFunction, kSymbol };
  Kind kind = Kind::kEnd;
  std::string text;  // content of the text, lower-case name, name of the function with its @, or the symbol
  std::string spelling;  // of names and functions, as written
  double number = 0;
  Position at;

  bool is(std::string_view symbol) const { return kind == Kind::kSymbol && text == symbol; }
};

// All tokens of `text`, the last one kEnd. kInvalid names line, column and cause.
Result<std::vector<Token>> lex(std::string_view text, Position origin);

// How many bytes of `text` belong to the expression that begins there, before the `}` that closes it; braces
// inside of quotes and of {texts} do not. npos if none closes it.
std::size_t expression_length(std::string_view text);

// "line 2, column 7: <cause>".
std::string at_position(Position at, std::string_view cause);

}  // namespace certstead::formula
