// Text of a recipe with ${expressions} in it.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "dns/scratch.h"
#include "formula/template.h"

namespace certstead {

// For what the values of expressions are escaped; what stands around them is the recipe's own and stays.
enum class TextPlace {
  kPlain,   // unchanged: what is escaped when it is written (JSON, forms), conditions, variables
  kUrl,     // percent-encoded: path segments, query fields
  kXml,     // XML content
  kHeader,  // control characters are refused
};

class RecipeText {
 public:
  RecipeText() = default;
  // kInvalid with the line and column inside the text.
  static Result<RecipeText> parse(std::string_view source);

  // Whether it is exactly one expression.
  bool is_expression() const { return template_ && template_->is_one_formula(); }

  // The text with every expression's value in it. Errors: those of Template::fill.
  Result<std::string> render(Scratch& scratch, TextPlace place, Deadline deadline) const;
  // The value of the expression if it is exactly one; else the text.
  Result<formula::Value> value(Scratch& scratch, Deadline deadline) const;
  // Whether it is true: a number other than 0; a text other than "", "0" and "false".
  Result<bool> holds(Scratch& scratch, Deadline deadline) const;

 private:
  std::optional<formula::Template> template_;  // none: the text ""
};

}  // namespace certstead
