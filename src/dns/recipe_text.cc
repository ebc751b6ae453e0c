#include "dns/recipe_text.h"

#include "base/escape.h"

namespace certstead {
namespace {

formula::Budget budget_until(Deadline deadline) {
  formula::Budget budget;
  budget.steps = 200'000;
  budget.deadline = deadline;
  return budget;
}

Result<std::string> escaped(TextPlace place, std::string_view value) {
  switch (place) {
    case TextPlace::kPlain:
      return std::string(value);
    case TextPlace::kUrl:
      return formula::escaped_for(formula::Escape::kUrl, value);
    case TextPlace::kXml:
      return xml_escape(value);
    case TextPlace::kHeader:
      return formula::escaped_for(formula::Escape::kHeader, value);
  }
  return internal("a place without a case");
}

}  // namespace

Result<RecipeText> RecipeText::parse(std::string_view source) {
  RecipeText out;
  if (source.empty()) return out;
  TRY(out.template_, formula::Template::parse(source));
  return out;
}

Result<std::string> RecipeText::render(Scratch& scratch, TextPlace place, Deadline deadline) const {
  if (!template_) return std::string();
  return template_->fill(scratch.scope(), budget_until(deadline),
                         [place](std::string_view, std::string_view value) { return escaped(place, value); });
}

Result<formula::Value> RecipeText::value(Scratch& scratch, Deadline deadline) const {
  if (!template_) return formula::Value();
  return template_->value(scratch.scope(), budget_until(deadline));
}

Result<bool> RecipeText::holds(Scratch& scratch, Deadline deadline) const {
  TRY(const formula::Value made, value(scratch, deadline));
  if (!made.is_text()) return made.is_true();
  const std::string& text = made.texts().front();
  return !text.empty() && text != "0" && text != "false";
}

}  // namespace certstead
