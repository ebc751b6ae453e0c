// Formulas in the language of HCL Domino's provider documents. README.md says what of it there is and where
// this one differs. Pure: no input or output; the same formula, fields and clock give the same value.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "formula/scope.h"
#include "formula/value.h"

namespace certstead::formula {

struct Program;

// What one evaluation may use. Whatever runs out ends it with kLimited, id "formula-budget".
struct Budget {
  std::uint64_t steps = 1'000'000;           // about one a node, an element and 64 characters of a text
  std::size_t depth = 200;                   // of nested expressions
  std::size_t bytes = std::size_t{8} << 20;  // of all values made, whether they still live or not
  Deadline deadline = Deadline::never();
  const Clock* clock = nullptr;  // for @Now and @Today; without one they are errors
};

// What an evaluation used.
struct Usage {
  std::uint64_t steps = 0;
  std::size_t bytes = 0;
};

// A line and a column (characters), both from 1.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

// A formula, read and checked. Immutable; copies are cheap and may be used by several threads at a time.
class Formula {
 public:
  // Every function and its number of arguments is checked here. An empty text is a formula that yields "".
  // `origin`: where `text` begins in the text that errors speak of. kInvalid: "line 2, column 7: ...".
  static Result<Formula> parse(std::string_view text, Position origin = {});

  // The names that it may read as fields, lower case, sorted: all but those that it only assigns. What
  // @GetField computes is not among them.
  const std::vector<std::string>& names() const;
  const Program& program() const { return *program_; }

 private:
  explicit Formula(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

// The value of the last expression, or of @Return. It is text, numbers or times. Errors: kInvalid with line,
// column and cause if the value is an error; kLimited for the budget. Fields set until then stay set.
Result<Value> evaluate(const Formula& formula, Scope& scope, const Budget& budget, Usage* usage = nullptr);

}  // namespace certstead::formula
