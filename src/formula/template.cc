#include "formula/template.h"

#include <algorithm>
#include <set>

#include "formula/lexer.h"
#include "formula/program.h"

namespace certstead::formula {
namespace {

constexpr std::size_t kMostParts = 1000;

Position moved(Position at, std::string_view text) {
  for (const char c : text) {
    if (c == '\n') {
      ++at.line;
      at.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) {
      ++at.column;
    }
  }
  return at;
}

}  // namespace

Result<Template> Template::parse(std::string_view text, Position origin) {
  Template made;
  Part part;
  Position here = origin;
  while (!text.empty()) {
    const std::size_t mark = std::min(text.find("${"), text.size());
    const bool literal = mark > 0 && mark < text.size() && text[mark - 1] == '$';
    part.literal += text.substr(0, literal ? mark - 1 : mark);
    here = moved(here, text.substr(0, mark));
    text.remove_prefix(mark);
    if (text.empty()) break;
    here = moved(here, text.substr(0, 2));
    text.remove_prefix(2);
    if (literal) {
      part.literal += "${";
      continue;
    }
    const std::size_t size = expression_length(text);
    if (size == std::string_view::npos) return invalid(at_position(here, "this ${ is not closed by }"));
    if (made.parts_.size() >= kMostParts) return invalid(at_position(here, "there are too many ${...}"));
    TRY(Formula formula, Formula::parse(text.substr(0, size), here));
    if (formula.program().statements.empty()) return invalid(at_position(here, "there is no formula in ${}"));
    part.formula.push_back(std::move(formula));
    made.parts_.push_back(std::exchange(part, {}));
    here = moved(here, text.substr(0, size + 1));
    text.remove_prefix(size + 1);
  }
  if (!part.literal.empty() || made.parts_.empty()) made.parts_.push_back(std::move(part));
  return made;
}

Result<std::string> Template::fill(Scope& scope, const Budget& budget, Escape where) const {
  return fill(scope, budget,
              [where](std::string_view, std::string_view value) { return escaped_for(where, value); });
}

Result<std::string> Template::fill(Scope& scope, const Budget& budget, const Escaper& escape) const {
  std::string out;
  for (const Part& part : parts_) {
    out += part.literal;
    for (const Formula& formula : part.formula) {
      TRY(const Value value, evaluate(formula, scope, budget));
      if (value.size() != 1)
        return invalid("a value has " + std::to_string(value.size()) +
                       " elements where one is expected; use @Implode or a subscript like [1]");
      TRY(const std::string text, escape(out, value.as_texts()[0]));
      out += text;
    }
  }
  return out;
}

bool Template::is_one_formula() const {
  return parts_.size() == 1 && parts_[0].literal.empty() && !parts_[0].formula.empty();
}

Result<Value> Template::value(Scope& scope, const Budget& budget) const {
  if (is_one_formula()) return evaluate(parts_[0].formula[0], scope, budget);
  TRY(std::string text, fill(scope, budget, Escape::kPlain));
  return Value(std::move(text));
}

std::vector<std::string> Template::names() const {
  std::set<std::string> all;
  for (const Part& part : parts_)
    for (const Formula& formula : part.formula) all.insert(formula.names().begin(), formula.names().end());
  return {all.begin(), all.end()};
}

}  // namespace certstead::formula
