// A formula as a tree. Made by the parser, walked by the evaluator, not for others.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "formula/formula.h"
#include "formula/functions.h"
#include "formula/value.h"

namespace certstead::formula {

enum class Op {
  kList,
  kMultiply,
  kDivide,
  kAdd,
  kSubtract,
  kEqual,
  kUnequal,
  kLess,
  kMore,
  kAtMost,
  kAtLeast,
  kAnd,
  kOr
};

struct Operator {
  Op op = Op::kList;
  bool permuted = false;  // each element with each, instead of pair by pair
  Position at;
};

struct Node {
  enum class Kind {
    kConstant,
    kName,
    kCall,
    kChain,  // operands and, between them, operators of one level: a + b - c; evaluated from the left
    kMinus,
    kNot,
    kSubscript,  // children: the list, then one index or more
    kAssign,     // name := child
    kField,      // FIELD name := child
    kDefault,    // DEFAULT name := child
  };
  Kind kind = Kind::kConstant;
  Position at;
  Value constant;
  std::string name;      // lower case
  std::string spelling;  // as written
  std::size_t slot = 0;  // of the temporary variable `name`
  const Function* function = nullptr;
  std::vector<Node> children;
  std::vector<Operator> operators;
};

struct Program {
  std::vector<Node> statements;
  std::map<std::string, std::size_t, std::less<>> slots;  // of all names, lower case
  std::vector<std::string> reads;                         // see Formula::names
};

}  // namespace certstead::formula
