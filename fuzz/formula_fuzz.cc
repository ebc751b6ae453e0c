// Whatever text comes: parsing ends, and what parses is evaluated within its budget and says the same twice.
// As a template, what it yields for a JSON string never ends that string.
#include <cstdlib>

#include "base/bytes.h"
#include "formula/formula.h"
#include "formula/template.h"

namespace {

using namespace certstead;
using namespace certstead::formula;

Budget small_budget() {
  Budget budget;
  budget.steps = 20'000;
  budget.bytes = std::size_t{1} << 20;
  return budget;
}

Scope some_fields() {
  Scope scope(std::size_t{1} << 20);
  (void)scope.set("a", Value::texts({"x\"y", "", "z\\\n"}));
  (void)scope.set("b", Value(12.5));
  return scope;
}

void check_formula(std::string_view text) {
  const Result<Formula> parsed = Formula::parse(text);
  if (!parsed) {
    if (!parsed.error().detail.starts_with("line ")) std::abort();
    return;
  }
  const Budget budget = small_budget();
  Scope first = some_fields(), second = some_fields();
  Usage used;
  const Result<Value> once = evaluate(*parsed, first, budget, &used);
  const Result<Value> again = evaluate(*parsed, second, budget);
  if (once.has_value() != again.has_value()) std::abort();
  if (!once) return;
  // Not a number is equal to nothing, and no formula yields it.
  if (*once != *again || !once->is_data()) std::abort();
  if (used.steps > budget.steps || used.bytes > budget.bytes) std::abort();
}

bool ends_json_string(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0x20 || text[i] == '"') return true;
    if (text[i] == '\\' && ++i == text.size()) return true;
  }
  return false;
}

void check_template(std::string_view text) {
  const Result<Template> parsed = Template::parse(text);
  if (!parsed) return;
  Scope scope = some_fields();
  (void)parsed->fill(scope, small_budget(), [](std::string_view, std::string_view value) {
    Result<std::string> made = escaped_for(Escape::kJsonString, value);
    if (!made || ends_json_string(*made)) std::abort();
    return made;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = view_text({data, size});
  check_formula(text);
  check_template(text);
  return 0;
}
