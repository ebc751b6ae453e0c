#include "formula/value.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace certstead::formula {

Value::Value(std::string text) { texts_.push_back(std::move(text)); }

Value::Value(double number) : kind_(Kind::kNumber), numbers_{number} {}

Value Value::texts(std::vector<std::string> texts) {
  if (texts.empty()) return {};
  Value value(0.0);
  value.kind_ = Kind::kText;
  value.numbers_.clear();
  value.texts_ = std::move(texts);
  return value;
}

Value Value::numbers(std::vector<double> numbers, Kind kind) {
  if (numbers.empty()) return {};
  Value value(0.0);
  value.kind_ = kind;
  value.numbers_ = std::move(numbers);
  return value;
}

Value Value::time(Instant time) { return numbers({static_cast<double>(to_unix_ms(time))}, Kind::kTime); }

Value Value::error(std::string cause) {
  Value value(std::move(cause));
  value.kind_ = Kind::kError;
  return value;
}

Value Value::marker(Kind kind) {
  Value value;
  value.kind_ = kind;
  return value;
}

bool Value::is_true() const {
  return is_number() && std::ranges::any_of(numbers_, [](double n) { return n != 0; });
}

std::vector<std::string> Value::as_texts() const {
  if (is_text()) return texts_;
  std::vector<std::string> out;
  for (const double number : numbers_) out.push_back(is_time() ? time_text(number) : number_text(number));
  return out;
}

std::size_t Value::bytes() const {
  std::size_t sum = sizeof(Value) + numbers_.size() * sizeof(double);
  for (const std::string& text : texts_) sum += sizeof(std::string) + text.size();
  return sum;
}

std::string_view kind_name(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::kText:
      return "text";
    case Value::Kind::kNumber:
      return "a number";
    case Value::Kind::kTime:
      return "a time";
    case Value::Kind::kError:
      return "an error";
    case Value::Kind::kNothing:
      return "@Nothing";
    case Value::Kind::kUnavailable:
      return "@Unavailable";
  }
  return "";
}

std::string number_text(double number) {
  if (number == 0) return "0";
  char out[40];
  const bool whole = std::fabs(number) <= 9007199254740992.0 && number == std::trunc(number);
  const int size = whole ? std::snprintf(out, sizeof(out), "%lld", static_cast<long long>(number))
                         : std::snprintf(out, sizeof(out), "%.15g", number);
  return {out, static_cast<std::size_t>(size)};
}

std::string time_text(double milliseconds) {
  std::string text = to_rfc3339(from_unix_ms(static_cast<std::int64_t>(milliseconds)));
  if (text.size() < 20) return text;
  text[10] = ' ';
  text.pop_back();
  return text;
}

}  // namespace certstead::formula
