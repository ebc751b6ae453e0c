// Functions that look for one text in another.
#include <algorithm>

#include "formula/function_parts.h"
#include "formula/pattern.h"

namespace certstead::formula {
namespace {

// Whether `fits` holds for some element of the first list with some of the second.
template <class F>
Value any_pair(Meter& meter, const Args& args, F fits) {
  if (!args[0].is_text() || !args[1].is_text()) return wants_text("each argument");
  for (const std::string& text : args[0].texts()) {
    for (const std::string& part : args[1].texts()) {
      if (!meter.step(1 + text.size() / 32)) return {};
      if (fits(text, part)) return Value::boolean(true);
      if (meter.spent()) return {};
    }
  }
  return Value::boolean(false);
}

Value contains(Meter& meter, Args& args) {
  return any_pair(meter, args, [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  });
}
Value begins(Meter& meter, Args& args) {
  return any_pair(meter, args,
                  [](const std::string& text, const std::string& part) { return text.starts_with(part); });
}
Value ends(Meter& meter, Args& args) {
  return any_pair(meter, args,
                  [](const std::string& text, const std::string& part) { return text.ends_with(part); });
}

Value matches(Meter& meter, Args& args) {
  std::string wrong;
  Value found = any_pair(meter, args, [&](const std::string& text, const std::string& pattern) {
    const Result<bool> yes = matches_pattern(text, pattern, meter);
    if (!yes) wrong = yes.error().detail;
    return yes && *yes;
  });
  return wrong.empty() ? found : Value::error(wrong);
}

Value like(Meter& meter, Args& args) {
  if (args.size() > 2 && !args[2].is_text()) return wants_text("the escape");
  const std::string escape = args.size() > 2 ? args[2].texts()[0] : "";
  return any_pair(meter, args, [&](const std::string& text, const std::string& pattern) {
    return is_like(text, pattern, escape, meter);
  });
}

constexpr Function kFunctions[] = {
    {"@Contains", 2, 2, Form::kPlain, contains}, {"@Begins", 2, 2, Form::kPlain, begins},
    {"@Ends", 2, 2, Form::kPlain, ends},         {"@Matches", 2, 2, Form::kPlain, matches},
    {"@Like", 2, 3, Form::kPlain, like},
};

}  // namespace

std::span<const Function> search_functions() { return kFunctions; }

}  // namespace certstead::formula
