// Functions on numbers.
#include <algorithm>
#include <cmath>

#include "formula/function_parts.h"

namespace certstead::formula {
namespace {

Value integer(Meter& meter, Args& args) {
  return each_number(meter, args[0], [](double n) { return std::trunc(n); });
}
Value absolute(Meter& meter, Args& args) {
  return each_number(meter, args[0], [](double n) { return std::fabs(n); });
}
Value sign(Meter& meter, Args& args) {
  return each_number(meter, args[0], [](double n) { return n > 0 ? 1.0 : n < 0 ? -1.0 : 0.0; });
}

Value round_to(Meter& meter, Args& args) {
  const double factor = args.size() > 1 && args[1].is_number() ? std::fabs(args[1].numbers()[0]) : 1;
  if (factor == 0) return Value::error("the factor must not be 0");
  Value rounded = each_number(meter, args[0], [&](double n) { return std::round(n / factor) * factor; });
  for (const double number : rounded.numbers())
    if (!std::isfinite(number)) return Value::error("the result is too large for a number");
  return rounded;
}

// Pair by pair, the last element of the shorter list repeated.
template <class F>
Value each_pair(Meter& meter, const Args& args, F calculate) {
  if (!args[0].is_number() || !args[1].is_number()) return wants_number("each argument");
  const auto &a = args[0].numbers(), &b = args[1].numbers();
  std::vector<double> out;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    if (!meter.step() || !meter.take(sizeof(double))) return {};
    out.push_back(calculate(a[std::min(i, a.size() - 1)], b[std::min(i, b.size() - 1)]));
    if (!std::isfinite(out.back())) return Value::error("the result is no number");
  }
  return Value::numbers(std::move(out));
}

Value modulo(Meter& meter, Args& args) {
  return each_pair(meter, args, [](double a, double b) { return std::fmod(a, b); });
}
Value power(Meter& meter, Args& args) {
  return each_pair(meter, args, [](double a, double b) { return std::pow(a, b); });
}

// Of one list its largest (smallest) number; of two, pair by pair.
template <class F>
Value extreme(Meter& meter, const Args& args, F choose) {
  if (args.size() == 2) return each_pair(meter, args, choose);
  if (!args[0].is_number()) return wants_number("the argument");
  double found = args[0].numbers()[0];
  for (const double number : args[0].numbers()) found = choose(found, number);
  return {found};
}
Value largest(Meter& meter, Args& args) {
  return extreme(meter, args, [](double a, double b) { return std::max(a, b); });
}
Value smallest(Meter& meter, Args& args) {
  return extreme(meter, args, [](double a, double b) { return std::min(a, b); });
}

Value sum(Meter& meter, Args& args) {
  double total = 0;
  for (const Value& list : args) {
    if (!list.is_number()) return wants_number("each argument");
    if (!meter.step(list.size())) return {};
    for (const double number : list.numbers()) total += number;
  }
  return std::isfinite(total) ? Value(total) : Value::error("the result is too large for a number");
}

Value yes(Meter&, Args&) { return Value::boolean(true); }
Value no(Meter&, Args&) { return Value::boolean(false); }

constexpr Function kFunctions[] = {
    {"@Integer", 1, 1, Form::kPlain, integer}, {"@Abs", 1, 1, Form::kPlain, absolute},
    {"@Sign", 1, 1, Form::kPlain, sign},       {"@Round", 1, 2, Form::kPlain, round_to},
    {"@Modulo", 2, 2, Form::kPlain, modulo},   {"@Power", 2, 2, Form::kPlain, power},
    {"@Max", 1, 2, Form::kPlain, largest},     {"@Min", 1, 2, Form::kPlain, smallest},
    {"@Sum", 1, kAny, Form::kPlain, sum},      {"@True", 0, 0, Form::kPlain, yes},
    {"@Yes", 0, 0, Form::kPlain, yes},         {"@All", 0, 0, Form::kPlain, yes},
    {"@Success", 0, 0, Form::kPlain, yes},     {"@False", 0, 0, Form::kPlain, no},
    {"@No", 0, 0, Form::kPlain, no},
};

}  // namespace

std::span<const Function> number_functions() { return kFunctions; }

}  // namespace certstead::formula
