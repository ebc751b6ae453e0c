#include "formula/list_order.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/text.h"
#include "formula/operators.h"

namespace certstead::formula {
namespace {

struct Order {
  bool descending = false;
  bool ignore_case = false;
};

bool read_keyword(const std::string& keyword, Order& order) {
  if (keyword == "[ASCENDING]" || keyword == "[DESCENDING]") {
    order.descending = keyword == "[DESCENDING]";
  } else if (keyword == "[CASESENSITIVE]" || keyword == "[CASEINSENSITIVE]") {
    order.ignore_case = keyword == "[CASEINSENSITIVE]";
  } else {
    return keyword.starts_with("[ACCENT") || keyword.starts_with("[PITCH");
  }
  return true;
}

// Without regard to case first; a small letter before its capital where nothing else differs.
bool text_before(const std::string& a, const std::string& b, bool ignore_case) {
  const std::string low_a = lower_ascii(a), low_b = lower_ascii(b);
  if (low_a != low_b) return low_a < low_b;
  return !ignore_case && a > b;
}

}  // namespace

Value append_to_list(Value list, const Value& more, Meter& meter) {
  return apply_operator({Op::kList, false, {}}, std::move(list), more, meter);
}

Value reorder_list(const Value& list, const std::vector<std::size_t>& indices) {
  std::vector<std::string> texts;
  std::vector<double> numbers;
  for (const std::size_t i : indices) {
    if (list.is_text())
      texts.push_back(list.texts()[i]);
    else
      numbers.push_back(list.numbers()[i]);
  }
  return list.is_text() ? Value::texts(std::move(texts)) : Value::numbers(std::move(numbers), list.kind());
}

Value sort_list(Value list, const std::vector<std::string>& keywords, Meter& meter) {
  Order order;
  for (const std::string& keyword : keywords)
    if (!read_keyword(keyword, order))
      return Value::error("the keyword " + printable(keyword, 40) + " is not known");
  // Paid in advance: so many comparisons at most, each of at most so much text.
  std::size_t longest = 0;
  if (list.is_text())
    for (const std::string& text : list.texts()) longest = std::max(longest, text.size());
  const std::uint64_t rounds = list.size() * static_cast<std::uint64_t>(std::bit_width(list.size()));
  if (!meter.step(2 * rounds * (2 + longest / 32)) || !meter.take(list.bytes())) return {};
  std::vector<std::size_t> indices(list.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  const auto before = [&](std::size_t a, std::size_t b) {
    if (order.descending) std::swap(a, b);
    return list.is_text() ? text_before(list.texts()[a], list.texts()[b], order.ignore_case)
                          : list.numbers()[a] < list.numbers()[b];
  };
  // Equal ones stay in their order.
  std::ranges::sort(indices, [&](std::size_t a, std::size_t b) {
    if (before(a, b)) return true;
    return !before(b, a) && a < b;
  });
  return reorder_list(list, indices);
}

}  // namespace certstead::formula
