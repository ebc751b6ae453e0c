// A text with formulas in it: "POST https://host/zones/${zone_id}/records". What a formula yields is escaped
// for the place where it stands, so that no value can change what is around it. Immutable; copies may be used
// by several threads at a time.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "formula/escape.h"
#include "formula/formula.h"

namespace certstead::formula {

class Template {
 public:
  struct Part {
    std::string literal;           // stands before `formula`, as it is
    std::vector<Formula> formula;  // one, or none in the last part
  };
  // Escapes one value that stands behind `before`, the text made so far.
  using Escaper = std::function<Result<std::string>(std::string_view before, std::string_view value)>;

  // "$${" stands for "${" itself. `origin`: where `text` begins in the file that errors speak of. kInvalid
  // with line, column and cause.
  static Result<Template> parse(std::string_view text, Position origin = {});

  // The text with every part filled in. A part must yield one text, number or time: a list is kInvalid (use
  // @Implode or a subscript). Errors are those of evaluate and of the escaping.
  Result<std::string> fill(Scope& scope, const Budget& budget, Escape where) const;
  Result<std::string> fill(Scope& scope, const Budget& budget, const Escaper& escape) const;

  // True if it is nothing but one ${...}.
  bool is_one_formula() const;
  // The value of that one, or what fill() makes of the whole, not escaped: a list stays a list, a number a
  // number.
  Result<Value> value(Scope& scope, const Budget& budget) const;

  // The names that its formulas may read; see Formula::names.
  std::vector<std::string> names() const;
  // The literal pieces and the formulas between them, in order; at least one.
  const std::vector<Part>& parts() const { return parts_; }

 private:
  std::vector<Part> parts_;
};

}  // namespace certstead::formula
