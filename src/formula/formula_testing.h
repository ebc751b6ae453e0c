// Shorthands for tests of formulas.
#pragma once

#include <string>
#include <vector>

#include "base/fake_clock.h"
#include "base/text.h"
#include "formula/formula.h"

namespace certstead::formula {

inline const FakeClock& test_clock() {
  static const FakeClock clock(from_unix_seconds(1'795'890'600));  // 2026-11-28T18:30:00Z
  return clock;
}

inline Budget test_budget() {
  Budget budget;
  budget.clock = &test_clock();
  return budget;
}

// What `text` yields, elements joined by "|", numbers with a "#" before them; "PARSE ..." or "ERROR ..."
// where it fails.
inline std::string run(const std::string& text, Scope& scope, const Budget& budget = test_budget()) {
  const Result<Formula> formula = Formula::parse(text);
  if (!formula) return "PARSE " + formula.error().detail;
  const Result<Value> value = evaluate(*formula, scope, budget);
  if (!value) return "ERROR " + value.error().detail;
  std::vector<std::string> out = value->as_texts();
  for (std::string& element : out)
    if (value->is_number()) element = "#" + element;
  return join(out, "|");
}

inline std::string run(const std::string& text) {
  Scope scope;
  return run(text, scope);
}

struct Case {
  std::string formula;
  std::string gives;
};
inline void PrintTo(const Case& one, std::ostream* out) { *out << one.formula; }

}  // namespace certstead::formula
