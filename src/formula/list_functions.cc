// Functions on lists, and on what a value is.
#include <algorithm>
#include <cmath>
#include <set>

#include "formula/function_parts.h"
#include "formula/list_order.h"

namespace certstead::formula {
namespace {

Value implode(Meter& meter, Args& args) {
  if (!args[0].is_text()) return wants_text("the list");
  if (args.size() > 1 && !args[1].is_text()) return wants_text("the separator");
  const std::string separator = args.size() > 1 ? args[1].texts()[0] : " ";
  std::string out;
  for (std::size_t i = 0; i < args[0].size(); ++i) {
    const std::string& text = args[0].texts()[i];
    if (!meter.step(1 + text.size() / 64) || !meter.take(text.size() + separator.size())) return {};
    if (i > 0) out += separator;
    out += text;
  }
  return {std::move(out)};
}

bool flag(const Args& args, std::size_t index, bool otherwise) {
  return args.size() > index ? args[index].is_true() : otherwise;
}

// Every character of `separators` separates, and a line end.
bool explode_one(const std::string& text, std::string_view separators, bool keep_empty, TextList& out) {
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    if ((keep_empty || end > begin) && !out.add(text.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return true;
}

Value explode(Meter& meter, Args& args) {
  if (!args[0].is_text()) return wants_text("the first argument");
  if (args.size() > 1 && !args[1].is_text()) return wants_text("the separators");
  std::string separators = args.size() > 1 ? args[1].texts()[0] : " ,;";
  if (flag(args, 3, true)) separators += "\r\n";
  TextList out(meter);
  for (const std::string& text : args[0].texts()) {
    if (!meter.step(1 + text.size() / 64 * (1 + separators.size() / 16))) return {};
    if (!explode_one(text, separators, flag(args, 2, false), out)) return {};
  }
  return out.done();
}

Value subset(Meter& meter, Args& args) {
  if (!args[1].is_number() || std::trunc(args[1].numbers()[0]) == 0)
    return Value::error("how many elements must be a number other than 0");
  const double wanted = std::trunc(args[1].numbers()[0]);
  const std::size_t size = args[0].size();
  const std::size_t count =
      std::fabs(wanted) > static_cast<double>(size) ? size : static_cast<std::size_t>(std::fabs(wanted));
  if (!meter.step(count) || !meter.take(args[0].bytes())) return {};
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < count; ++i) indices.push_back(wanted > 0 ? i : size - count + i);
  return reorder_list(args[0], indices);
}

Value elements(Meter&, Args& args) {
  return {args[0].is_empty() ? 0.0 : static_cast<double>(args[0].size())};
}
Value count(Meter&, Args& args) { return {static_cast<double>(args[0].size())}; }

// From 1; 0 if it is not there.
std::optional<std::size_t> position(Meter& meter, const Value& value, std::size_t index, const Value& list) {
  if (value.kind() != list.kind()) return 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!meter.step()) return std::nullopt;
    const bool same = list.is_text() ? value.texts()[index] == list.texts()[i]
                                     : value.numbers()[index] == list.numbers()[i];
    if (same) return i + 1;
  }
  return 0;
}

Value member(Meter& meter, Args& args) {
  const auto found = position(meter, args[0], 0, args[1]);
  return {static_cast<double>(found.value_or(0))};
}

// Whether all elements of the first list stand in the second.
bool all_in(Meter& meter, const Args& args) {
  for (std::size_t i = 0; i < args[0].size(); ++i)
    if (position(meter, args[0], i, args[1]).value_or(0) == 0) return false;
  return true;
}
Value is_member(Meter& meter, Args& args) { return Value::boolean(all_in(meter, args)); }
Value is_not_member(Meter& meter, Args& args) {
  for (std::size_t i = 0; i < args[0].size(); ++i)
    if (position(meter, args[0], i, args[1]).value_or(0) != 0) return Value::boolean(false);
  return Value::boolean(true);
}

Value unique(Meter& meter, Args& args) {
  if (!args[0].is_text()) return wants_text("the argument");
  if (!meter.step(args[0].size() * 8) || !meter.take(args[0].size() * 64)) return {};
  std::set<std::string_view> seen;
  TextList out(meter);
  for (const std::string& text : args[0].texts())
    if (seen.insert(text).second && !out.add(text)) return {};
  return out.done();
}

Value is_text(Meter&, Args& args) { return Value::boolean(args[0].is_text()); }
Value is_number(Meter&, Args& args) { return Value::boolean(args[0].is_number()); }
Value is_time(Meter&, Args& args) { return Value::boolean(args[0].is_time()); }
Value is_null(Meter&, Args& args) { return Value::boolean(args[0].is_empty()); }
Value nothing(Meter&, Args&) { return Value::nothing(); }
Value unavailable(Meter&, Args&) { return Value::unavailable(); }
Value an_error(Meter&, Args&) { return Value::error("the formula says that this is an error"); }

constexpr Function kFunctions[] = {
    {"@Implode", 1, 2, Form::kPlain, implode},
    {"@Explode", 1, 4, Form::kPlain, explode},
    {"@Subset", 2, 2, Form::kPlain, subset},
    {"@Elements", 1, 1, Form::kPlain, elements},
    {"@Count", 1, 1, Form::kPlain, count},
    {"@Member", 2, 2, Form::kPlain, member},
    {"@IsMember", 2, 2, Form::kPlain, is_member},
    {"@IsNotMember", 2, 2, Form::kPlain, is_not_member},
    {"@Unique", 1, 1, Form::kPlain, unique},
    {"@IsText", 1, 1, Form::kPlain, is_text},
    {"@IsNumber", 1, 1, Form::kPlain, is_number},
    {"@IsTime", 1, 1, Form::kPlain, is_time},
    {"@IsNull", 1, 1, Form::kPlain, is_null},
    {"@Nothing", 0, 0, Form::kPlain, nothing},
    {"@Unavailable", 0, 0, Form::kPlain, unavailable},
    {"@DeleteField", 0, 0, Form::kPlain, unavailable},
    {"@Error", 0, 0, Form::kPlain, an_error},
};

}  // namespace

std::span<const Function> list_functions() { return kFunctions; }

}  // namespace certstead::formula
