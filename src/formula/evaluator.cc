#include "formula/evaluator.h"

#include "base/text.h"
#include "formula/lexer.h"
#include "formula/operators.h"
#include "formula/parser.h"

namespace certstead::formula {

Result<Value> Evaluator::run() {
  Value last;
  for (const Node& statement : program_.statements) {
    last = evaluate(statement);
    if (halted()) break;
  }
  if (meter_.spent()) return meter_.error();
  if (stopped_) return *stopped_;
  if (returned_) last = std::move(*returned_);
  if (last.is_error()) return invalid(last.cause(), "formula-error");
  if (!last.is_data())
    return invalid(
        "the value of the formula is " + std::string(kind_name(last.kind())) + ", which is no value",
        "formula-error");
  return last;
}

Value Evaluator::evaluate(const Node& node) {
  if (halted() || !meter_.step()) return {};
  if (!meter_.enter()) return {};
  Value value = evaluate_inner(node);
  meter_.leave();
  return value;
}

Value Evaluator::evaluate_inner(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kConstant:
      return meter_.take(node.constant.bytes()) ? node.constant : Value();
    case Node::Kind::kName:
      return read(node.name, node.slot);
    case Node::Kind::kCall:
      return node.function->form == Form::kPlain ? plain_call(node) : form_call(node);
    case Node::Kind::kChain:
      return chain(node);
    case Node::Kind::kSubscript:
      return subscripted(node);
    case Node::Kind::kMinus:
    case Node::Kind::kNot: {
      const Value operand = evaluate(node.children[0]);
      if (halted() || operand.is_error()) return operand;
      return placed(node.kind == Node::Kind::kNot ? logical_not(operand, meter_) : negate(operand, meter_),
                    node);
    }
    case Node::Kind::kAssign:
    case Node::Kind::kField:
    case Node::Kind::kDefault:
      return assign(node);
  }
  return {};
}

Value Evaluator::read(std::string_view name, std::size_t slot) {
  const Value* found = temporaries_[slot] ? &*temporaries_[slot] : scope_.find(name);
  if (found == nullptr) return {};
  return meter_.take(found->bytes()) ? *found : Value();
}

Value Evaluator::chain(const Node& node) {
  Value sum = evaluate(node.children[0]);
  for (std::size_t i = 0; i < node.operators.size(); ++i) {
    Value operand = evaluate(node.children[i + 1]);
    if (halted()) return {};
    if (sum.is_error()) continue;  // the rest is evaluated for what it assigns
    if (operand.is_error()) {
      sum = std::move(operand);
      continue;
    }
    sum = apply_operator(node.operators[i], std::move(sum), std::move(operand), meter_);
    if (sum.is_error()) sum = fault(node.operators[i].at, sum.cause());
  }
  return sum;
}

Value Evaluator::subscripted(const Node& node) {
  Value list = evaluate(node.children[0]);
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    const Value index = evaluate(node.children[i]);
    if (halted() || list.is_error()) return list;
    if (index.is_error()) return index;
    list = placed(subscript(list, index), node);
  }
  return list;
}

Value Evaluator::assign(const Node& node) {
  Value value = evaluate(node.children[0]);
  if (halted()) return {};
  if (node.kind == Node::Kind::kField) return store_field(node.spelling, std::move(value), node.at);
  if (node.kind == Node::Kind::kDefault && scope_.find(node.name) != nullptr)
    return read(node.name, node.slot);
  if (!meter_.take(value.bytes())) return {};
  temporaries_[node.slot] = value;
  return value;
}

Value Evaluator::store_field(std::string_view name, Value value, Position at) {
  // What is in the field is what is read from now on, also if a temporary variable had this name.
  const auto clear = [&] {
    if (std::optional<Value>* shadow = temporary(name)) shadow->reset();
  };
  if (value.kind() == Value::Kind::kUnavailable) {
    scope_.erase(name);
    clear();
    return {};
  }
  // An error must not be lost in a field that a later step sends somewhere.
  if (value.is_error()) return stop(invalid(value.cause(), "formula-error")), Value();
  if (!meter_.take(value.bytes())) return {};
  Status set = scope_.set(name, value);
  if (!set) {
    Error error = std::move(set).error();
    error.detail = at_position(at, error.detail);
    return stop(std::move(error)), Value();
  }
  clear();
  return value;
}

Value Evaluator::plain_call(const Node& node) {
  Args args;
  args.reserve(node.children.size());
  Value bad;
  for (const Node& child : node.children) {
    args.push_back(evaluate(child));
    if (halted()) return {};
    if (args.back().is_error() && !bad.is_error()) bad = args.back();
  }
  if (bad.is_error()) return bad;
  for (const Value& argument : args)
    if (!argument.is_data())
      return fault(node.at, std::string(node.function->name) + " can't take " +
                                std::string(kind_name(argument.kind())));
  Value value = node.function->call(meter_, args);
  if (meter_.spent()) return {};
  return placed(std::move(value), node);
}

std::optional<Value>* Evaluator::temporary(std::string_view name) {
  const auto slot = program_.slots.find(lower_ascii(name));
  return slot == program_.slots.end() ? nullptr : &temporaries_[slot->second];
}

Value Evaluator::fault(Position at, std::string_view cause) const {
  return Value::error(at_position(at, cause));
}

Value Evaluator::placed(Value value, const Node& node) const {
  if (!value.is_error()) return value;
  const std::string who = node.kind == Node::Kind::kCall ? std::string(node.function->name) + ": " : "";
  return fault(node.at, who + value.cause());
}

void Evaluator::stop(Error error) {
  if (!stopped_) stopped_ = std::move(error);
}

Result<Formula> Formula::parse(std::string_view text, Position origin) {
  TRY(std::shared_ptr<const Program> program, parse_program(text, origin));
  return Formula(std::move(program));
}

const std::vector<std::string>& Formula::names() const { return program_->reads; }

Result<Value> evaluate(const Formula& formula, Scope& scope, const Budget& budget, Usage* usage) {
  Evaluator evaluator(formula.program(), scope, budget);
  Result<Value> value = evaluator.run();
  if (usage != nullptr) *usage = evaluator.used();
  return value;
}

}  // namespace certstead::formula
