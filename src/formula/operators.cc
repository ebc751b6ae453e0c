#include "formula/operators.h"

#include <cmath>

namespace certstead::formula {
namespace {

constexpr double kEarliestTime = -62135596800000.0, kLatestTime = 253402300799999.0;

// How many results two lists give, and which elements stand at the i-th.
struct Pairs {
  std::size_t left, right;
  bool permuted;

  std::size_t count() const { return permuted ? left * right : std::max(left, right); }
  std::size_t of_left(std::size_t i) const { return permuted ? i / right : std::min(i, left - 1); }
  std::size_t of_right(std::size_t i) const { return permuted ? i % right : std::min(i, right - 1); }
};

std::string kinds(const Value& left, const Value& right) {
  return std::string(kind_name(left.kind())) + " and " + std::string(kind_name(right.kind()));
}

Value concatenated(const std::vector<std::string>& left, const std::vector<std::string>& right, bool permuted,
                   Meter& meter) {
  const Pairs pairs{left.size(), right.size(), permuted};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < pairs.count(); ++i) {
    const std::string &a = left[pairs.of_left(i)], &b = right[pairs.of_right(i)];
    const std::size_t size = a.size() + b.size();
    if (!meter.step(1 + size / 64) || !meter.take(sizeof(std::string) + size)) return {};
    std::string& sum = out.emplace_back();
    sum.reserve(size);
    sum.append(a).append(b);
  }
  return Value::texts(std::move(out));
}

double calculated(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd:
      return a + b;
    case Op::kSubtract:
      return a - b;
    case Op::kMultiply:
      return a * b;
    default:
      return a / b;
  }
}

// What times and numbers give together: a time with seconds, seconds between times. kError: they do not mix.
Value::Kind result_kind(Op op, const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) return Value::Kind::kNumber;
  if (left.is_time() && right.is_number() && (op == Op::kAdd || op == Op::kSubtract))
    return Value::Kind::kTime;
  if (left.is_number() && right.is_time() && op == Op::kAdd) return Value::Kind::kTime;
  if (left.is_time() && right.is_time() && op == Op::kSubtract) return Value::Kind::kNumber;
  return Value::Kind::kError;
}

Value arithmetic(const Operator& op, const Value& left, const Value& right, Meter& meter) {
  const Value::Kind kind = result_kind(op.op, left, right);
  if (kind == Value::Kind::kError)
    return Value::error("this operator can't take " + kinds(left, right) +
                        (left.is_text() || right.is_text() ? "; @Text and @TextToNumber convert" : ""));
  const double seconds = kind == Value::Kind::kTime ? 1000 : 1;  // times are kept in milliseconds
  const double left_unit = left.is_time() ? 1 : seconds, right_unit = right.is_time() ? 1 : seconds;
  const double unit = left.is_time() && right.is_time() ? 1000 : 1;
  const Pairs pairs{left.size(), right.size(), op.permuted};
  std::vector<double> out;
  for (std::size_t i = 0; i < pairs.count(); ++i) {
    if (!meter.step() || !meter.take(sizeof(double))) return {};
    const double a = left.numbers()[pairs.of_left(i)], b = right.numbers()[pairs.of_right(i)];
    if (op.op == Op::kDivide && b == 0) return Value::error("a number is divided by 0");
    const double result = calculated(op.op, a * left_unit, b * right_unit) / unit;
    if (!std::isfinite(result)) return Value::error("the result is too large for a number");
    if (kind == Value::Kind::kTime && !(result >= kEarliestTime && result <= kLatestTime))
      return Value::error("the result is no time between the years 1 and 9999");
    out.push_back(result);
  }
  return Value::numbers(std::move(out), kind);
}

template <class T>
bool holds(Op op, const T& a, const T& b) {
  switch (op) {
    case Op::kEqual:
      return a == b;
    case Op::kUnequal:
      return a != b;
    case Op::kLess:
      return a < b;
    case Op::kMore:
      return a > b;
    case Op::kAtMost:
      return a <= b;
    default:
      return a >= b;
  }
}

// True if it holds for some pair. Values of different kinds are unequal, and neither is the larger one.
Value compared(const Operator& op, const Value& left, const Value& right, Meter& meter) {
  if (left.kind() != right.kind()) return Value::boolean(op.op == Op::kUnequal);
  const Pairs pairs{left.size(), right.size(), op.permuted};
  for (std::size_t i = 0; i < pairs.count(); ++i) {
    if (!meter.step()) return {};
    const std::size_t a = pairs.of_left(i), b = pairs.of_right(i);
    if (left.is_text()) {
      if (!meter.step(left.texts()[a].size() / 64)) return {};
      if (holds(op.op, left.texts()[a], right.texts()[b])) return Value::boolean(true);
    } else if (holds(op.op, left.numbers()[a], right.numbers()[b])) {
      return Value::boolean(true);
    }
  }
  return Value::boolean(false);
}

Value listed(Value left, const Value& right, Meter& meter) {
  if (left.kind() != right.kind())
    return Value::error("a list can't hold " + kinds(left, right) + "; @Text converts");
  if (!meter.step(right.size()) || !meter.take(right.bytes())) return {};
  if (left.is_text()) {
    left.texts().insert(left.texts().end(), right.texts().begin(), right.texts().end());
    return left;
  }
  std::vector<double> numbers = left.numbers();
  numbers.insert(numbers.end(), right.numbers().begin(), right.numbers().end());
  return Value::numbers(std::move(numbers), left.kind());
}

}  // namespace

Value apply_operator(const Operator& op, Value left, Value right, Meter& meter) {
  if (!left.is_data() || !right.is_data())
    return Value::error("this operator can't take " + kinds(left, right));
  switch (op.op) {
    case Op::kList:
      return listed(std::move(left), right, meter);
    case Op::kAdd:
      if (left.is_text() && right.is_text())
        return concatenated(left.texts(), right.texts(), op.permuted, meter);
      [[fallthrough]];
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
      return arithmetic(op, left, right, meter);
    case Op::kAnd:
    case Op::kOr:
      if (!left.is_number() || !right.is_number())
        return Value::error("a condition must be a number, not text");
      return Value::boolean(op.op == Op::kAnd ? left.is_true() && right.is_true()
                                              : left.is_true() || right.is_true());
    default:
      return compared(op, left, right, meter);
  }
}

Value negate(const Value& value, Meter& meter) {
  if (!value.is_number()) return Value::error("a sign before " + std::string(kind_name(value.kind())));
  if (!meter.step(value.size()) || !meter.take(value.bytes())) return {};
  std::vector<double> out = value.numbers();
  for (double& number : out) number = -number;
  return Value::numbers(std::move(out));
}

Value logical_not(const Value& value, Meter& meter) {
  if (!value.is_number()) return Value::error("! before " + std::string(kind_name(value.kind())));
  if (!meter.step(value.size()) || !meter.take(value.bytes())) return {};
  std::vector<double> out = value.numbers();
  for (double& number : out) number = number == 0 ? 1 : 0;
  return Value::numbers(std::move(out));
}

Value subscript(const Value& list, const Value& index) {
  if (!list.is_data()) return Value::error("a subscript of " + std::string(kind_name(list.kind())));
  if (!index.is_number() || index.size() != 1) return Value::error("a subscript must be one number");
  const double wanted = std::trunc(index.numbers()[0]);
  if (wanted < 1) return Value::error("subscripts begin with 1");
  if (wanted > static_cast<double>(list.size())) return {};
  const auto at = static_cast<std::size_t>(wanted) - 1;
  return list.is_text() ? Value(list.texts()[at]) : Value::numbers({list.numbers()[at]}, list.kind());
}

}  // namespace certstead::formula
