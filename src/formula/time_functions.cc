// Functions on times. There is one zone, UTC, so that a formula means the same everywhere.
#include <chrono>
#include <cmath>

#include "formula/function_parts.h"

namespace certstead::formula {
namespace {

using Days = std::chrono::sys_days;

Value now(Meter& meter, Args&) {
  if (meter.clock() == nullptr) return Value::error("there is no clock here");
  return Value::time(meter.clock()->now());
}

Value today(Meter& meter, Args&) {
  if (meter.clock() == nullptr) return Value::error("there is no clock here");
  return Value::time(std::chrono::floor<std::chrono::days>(meter.clock()->now()));
}

template <class F>
Value each_time(Meter& meter, const Value& list, F part) {
  if (!list.is_time()) return Value::error("the argument must be a time");
  std::vector<double> out;
  for (const double number : list.numbers()) {
    if (!meter.step() || !meter.take(sizeof(double))) return {};
    const Instant time = from_unix_ms(static_cast<std::int64_t>(number));
    const Days day = std::chrono::floor<std::chrono::days>(time);
    out.push_back(static_cast<double>(part(std::chrono::year_month_day(day),
                                           std::chrono::floor<std::chrono::seconds>(time - day).count())));
  }
  return Value::numbers(std::move(out));
}

using Date = const std::chrono::year_month_day&;
Value year(Meter& meter, Args& args) {
  return each_time(meter, args[0], [](Date date, std::int64_t) { return static_cast<int>(date.year()); });
}
Value month(Meter& meter, Args& args) {
  return each_time(meter, args[0],
                   [](Date date, std::int64_t) { return static_cast<unsigned>(date.month()); });
}
Value day(Meter& meter, Args& args) {
  return each_time(meter, args[0], [](Date date, std::int64_t) { return static_cast<unsigned>(date.day()); });
}
Value hour(Meter& meter, Args& args) {
  return each_time(meter, args[0], [](Date, std::int64_t seconds) { return seconds / 3600; });
}
Value minute(Meter& meter, Args& args) {
  return each_time(meter, args[0], [](Date, std::int64_t seconds) { return seconds / 60 % 60; });
}
Value second(Meter& meter, Args& args) {
  return each_time(meter, args[0], [](Date, std::int64_t seconds) { return seconds % 60; });
}

constexpr Function kFunctions[] = {
    {"@Now", 0, 0, Form::kPlain, now},       {"@Today", 0, 0, Form::kPlain, today},
    {"@Year", 1, 1, Form::kPlain, year},     {"@Month", 1, 1, Form::kPlain, month},
    {"@Day", 1, 1, Form::kPlain, day},       {"@Hour", 1, 1, Form::kPlain, hour},
    {"@Minute", 1, 1, Form::kPlain, minute}, {"@Second", 1, 1, Form::kPlain, second},
};

}  // namespace

std::span<const Function> time_functions() { return kFunctions; }

}  // namespace certstead::formula
