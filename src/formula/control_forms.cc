// The functions that decide themselves which of their arguments are evaluated, and how often.
#include <algorithm>

#include "base/text.h"
#include "formula/evaluator.h"
#include "formula/list_order.h"

namespace certstead::formula {

Value Evaluator::form_call(const Node& node) {
  switch (node.function->form) {
    case Form::kPlain:
      return plain_call(node);
    case Form::kIf:
      return choose(node);
    case Form::kDo:
      return in_turn(node, 0, node.children.size());
    case Form::kWhile:
      return while_loop(node);
    case Form::kDoWhile:
      return do_while_loop(node);
    case Form::kFor:
      return for_loop(node);
    case Form::kTransform:
      return transform(node);
    case Form::kSelect:
      return select(node);
    case Form::kReturn:
      return return_now(node);
    case Form::kSort:
      return sort(node);
    case Form::kIsError:
      return Value::boolean(evaluate(node.children[0]).is_error());
    case Form::kIfError:
      return if_error(node);
    case Form::kIsAvailable:
    case Form::kIsUnavailable:
      return is_available(node);
    case Form::kSet:
      return set_temporary(node);
    case Form::kSetField:
      return set_field(node);
    case Form::kGetField:
      return get_field(node);
  }
  return {};
}

std::optional<bool> Evaluator::condition(const Node& node, Value& instead) {
  instead = evaluate(node);
  if (halted() || instead.is_error()) return std::nullopt;
  if (instead.is_number()) return instead.is_true();
  instead =
      fault(node.at, "a condition must be a number, and this is " + std::string(kind_name(instead.kind())));
  return std::nullopt;
}

std::optional<std::string> Evaluator::name_argument(const Node& node, Value& instead) {
  instead = evaluate(node);
  if (halted() || instead.is_error()) return std::nullopt;
  if (instead.is_text() && instead.size() == 1 && !instead.is_empty()) return instead.texts()[0];
  instead = fault(node.at, "a name must be one text, as in \"name\"");
  return std::nullopt;
}

Value Evaluator::choose(const Node& node) {
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
    Value instead;
    const std::optional<bool> yes = condition(node.children[i], instead);
    if (!yes) return instead;
    if (*yes) return evaluate(node.children[i + 1]);
  }
  return evaluate(node.children.back());
}

Value Evaluator::in_turn(const Node& node, std::size_t first, std::size_t end) {
  Value last;
  for (std::size_t i = first; i < end && !halted(); ++i) last = evaluate(node.children[i]);
  return last;
}

Value Evaluator::while_loop(const Node& node) {
  while (!halted()) {
    Value instead;
    const std::optional<bool> yes = condition(node.children[0], instead);
    if (!yes) return instead;
    if (!*yes) break;
    in_turn(node, 1, node.children.size());
  }
  return Value::boolean(true);
}

Value Evaluator::do_while_loop(const Node& node) {
  while (!halted()) {
    in_turn(node, 0, node.children.size() - 1);
    Value instead;
    const std::optional<bool> yes = condition(node.children.back(), instead);
    if (!yes) return instead;
    if (!*yes) break;
  }
  return Value::boolean(true);
}

// @For(start; condition; step; statements...)
Value Evaluator::for_loop(const Node& node) {
  for (evaluate(node.children[0]); !halted(); evaluate(node.children[2])) {
    Value instead;
    const std::optional<bool> yes = condition(node.children[1], instead);
    if (!yes) return instead;
    if (!*yes) break;
    in_turn(node, 3, node.children.size());
  }
  return Value::boolean(true);
}

Value Evaluator::select(const Node& node) {
  const Value number = evaluate(node.children[0]);
  if (halted() || number.is_error()) return number;
  if (!number.is_number() || number.numbers()[0] < 1)
    return fault(node.at, "@Select: its first argument must be a number from 1");
  const double last = static_cast<double>(node.children.size() - 1);
  return evaluate(node.children[static_cast<std::size_t>(std::min(number.numbers()[0], last))]);
}

Value Evaluator::return_now(const Node& node) {
  Value value = evaluate(node.children[0]);
  if (!halted()) returned_ = std::move(value);
  return {};
}

Value Evaluator::if_error(const Node& node) {
  Value value = evaluate(node.children[0]);
  if (halted() || !value.is_error()) return value;
  return node.children.size() > 1 ? evaluate(node.children[1]) : Value();
}

// The element at `index` as a list of one.
static Value element(const Value& list, std::size_t index) {
  return list.is_text() ? Value(list.texts()[index]) : Value::numbers({list.numbers()[index]}, list.kind());
}

Value Evaluator::transform(const Node& node) {
  const Value list = evaluate(node.children[0]);
  if (halted() || list.is_error()) return list;
  Value instead;
  const std::optional<std::string> name = name_argument(node.children[1], instead);
  if (!name) return instead;
  if (!list.is_data()) return fault(node.at, "@Transform needs a list");
  std::optional<Value>* variable = temporary(*name);
  Value out = Value::nothing();
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (variable != nullptr) *variable = element(list, i);
    Value made = evaluate(node.children[2]);
    if (halted() || made.is_error()) return made;
    if (made.kind() == Value::Kind::kNothing) continue;
    if (out.kind() == Value::Kind::kNothing)
      out = std::move(made);
    else
      out = append_to_list(std::move(out), made, meter_);
    if (out.is_error()) return placed(std::move(out), node);
  }
  return out.kind() == Value::Kind::kNothing ? Value() : out;
}

Value Evaluator::sort(const Node& node) {
  Value list = evaluate(node.children[0]);
  const Value order = node.children.size() > 1 ? evaluate(node.children[1]) : Value("[ASCENDING]");
  if (halted() || list.is_error()) return list;
  if (order.is_error()) return order;
  if (!list.is_data() || !order.is_text())
    return fault(node.at, "@Sort takes a list and keywords such as [Descending]");
  if (std::ranges::find(order.texts(), "[CUSTOMSORT]") != order.texts().end()) {
    if (node.children.size() < 3) return fault(node.at, "@Sort: [CustomSort] needs a formula with $A and $B");
    return sort_by_formula(std::move(list), node);
  }
  return placed(sort_list(std::move(list), order.texts(), meter_), node);
}

// Insertion by bisection: any answers of the formula, contradictory ones too, give an end.
Value Evaluator::sort_by_formula(Value list, const Node& node) {
  std::optional<Value>*a = temporary("$a"), *b = temporary("$b");
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < list.size(); ++i) {
    std::size_t low = 0, high = order.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (a != nullptr) *a = element(list, order[middle]);
      if (b != nullptr) *b = element(list, i);
      Value instead;
      const std::optional<bool> larger = condition(node.children[2], instead);
      if (!larger) return instead;
      (*larger ? high : low) = *larger ? middle : middle + 1;
    }
    if (!meter_.step(1 + (order.size() - low) / 64)) return {};
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(low), i);
  }
  return reorder_list(list, order);
}

Value Evaluator::is_available(const Node& node) {
  const Node& argument = node.children[0];
  std::string name = argument.name;
  bool there = false;
  if (argument.kind == Node::Kind::kName) {
    there = temporaries_[argument.slot].has_value();
  } else {
    Value instead;
    const std::optional<std::string> given = name_argument(argument, instead);
    if (!given) return instead;
    name = *given;
  }
  there = there || scope_.find(name) != nullptr;
  return Value::boolean(there == (node.function->form == Form::kIsAvailable));
}

Value Evaluator::set_temporary(const Node& node) {
  Value instead;
  const std::optional<std::string> name = name_argument(node.children[0], instead);
  if (!name) return instead;
  Value value = evaluate(node.children[1]);
  if (halted() || !meter_.take(value.bytes())) return {};
  if (std::optional<Value>* variable = temporary(*name)) *variable = value;
  return value;
}

Value Evaluator::set_field(const Node& node) {
  Value instead;
  const std::optional<std::string> name = name_argument(node.children[0], instead);
  if (!name) return instead;
  Value value = evaluate(node.children[1]);
  if (halted()) return {};
  return store_field(*name, std::move(value), node.at);
}

Value Evaluator::get_field(const Node& node) {
  Value instead;
  const std::optional<std::string> name = name_argument(node.children[0], instead);
  if (!name) return instead;
  const Value* found = scope_.find(*name);
  if (found == nullptr) return {};
  return meter_.take(found->bytes()) ? *found : Value();
}

}  // namespace certstead::formula
