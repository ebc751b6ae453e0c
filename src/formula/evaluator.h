// Walks a Program. One object an evaluation.
#pragma once

#include <optional>
#include <vector>

#include "formula/meter.h"
#include "formula/program.h"

namespace certstead::formula {

class Evaluator {
 public:
  Evaluator(const Program& program, Scope& scope, const Budget& budget)
      : program_(program), scope_(scope), meter_(budget), temporaries_(program.slots.size()) {}

  Result<Value> run();
  const Usage& used() const { return meter_.used(); }

 private:
  // Once halted() is true, what these return means nothing, and nothing more is done.
  Value evaluate(const Node& node);
  Value evaluate_inner(const Node& node);
  Value read(std::string_view name, std::size_t slot);
  Value chain(const Node& node);
  Value subscripted(const Node& node);
  Value assign(const Node& node);
  Value plain_call(const Node& node);

  // control_forms.cc
  Value form_call(const Node& node);
  Value choose(const Node& node);  // @If
  Value in_turn(const Node& node, std::size_t first, std::size_t end);
  Value while_loop(const Node& node);
  Value do_while_loop(const Node& node);
  Value for_loop(const Node& node);
  Value transform(const Node& node);
  Value select(const Node& node);
  Value sort(const Node& node);
  Value sort_by_formula(Value list, const Node& node);
  Value return_now(const Node& node);
  Value if_error(const Node& node);
  Value is_available(const Node& node);
  Value set_temporary(const Node& node);
  Value set_field(const Node& node);
  Value get_field(const Node& node);

  // The value of a condition: true, false, or what to return instead (an error, or anything once halted).
  std::optional<bool> condition(const Node& node, Value& instead);
  // One text, for names.
  std::optional<std::string> name_argument(const Node& node, Value& instead);
  Value store_field(std::string_view name, Value value, Position at);
  std::optional<Value>* temporary(std::string_view name);

  Value fault(Position at, std::string_view cause) const;
  Value placed(Value value, const Node& node) const;
  void stop(Error error);
  bool halted() const { return stopped_ || returned_ || meter_.spent(); }

  const Program& program_;
  Scope& scope_;
  Meter meter_;
  std::vector<std::optional<Value>> temporaries_;
  std::optional<Error> stopped_;
  std::optional<Value> returned_;
};

}  // namespace certstead::formula
