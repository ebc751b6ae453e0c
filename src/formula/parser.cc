#include "formula/parser.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "formula/lexer.h"

namespace certstead::formula {
namespace {

// Each nesting costs a few frames of the stack, here and in the evaluator.
constexpr std::size_t kDeepest = 100;
constexpr std::size_t kMostSubscripts = 8;
constexpr std::size_t kMostArguments = 1000;

// Levels as the language's manual counts them; a lower one binds more tightly.
constexpr int kListLevel = 2, kTimesLevel = 4, kPlusLevel = 5, kCompareLevel = 6, kLogicLevel = 7;

struct OperatorWord {
  std::string_view symbol;
  int level;
  Op op;
};

constexpr OperatorWord kOperators[] = {
    {":", kListLevel, Op::kList},        {"*", kTimesLevel, Op::kMultiply},
    {"/", kTimesLevel, Op::kDivide},     {"+", kPlusLevel, Op::kAdd},
    {"-", kPlusLevel, Op::kSubtract},    {"=", kCompareLevel, Op::kEqual},
    {"!=", kCompareLevel, Op::kUnequal}, {"<>", kCompareLevel, Op::kUnequal},
    {"><", kCompareLevel, Op::kUnequal}, {"=!", kCompareLevel, Op::kUnequal},
    {"<", kCompareLevel, Op::kLess},     {">", kCompareLevel, Op::kMore},
    {"<=", kCompareLevel, Op::kAtMost},  {"=<", kCompareLevel, Op::kAtMost},
    {">=", kCompareLevel, Op::kAtLeast}, {"=>", kCompareLevel, Op::kAtLeast},
    {"&", kLogicLevel, Op::kAnd},        {"|", kLogicLevel, Op::kOr},
};

// The operator that `token` is at `level`; a star before a symbol makes it permuted.
std::optional<Operator> operator_at(const Token& token, int level) {
  if (token.kind != Token::Kind::kSymbol) return std::nullopt;
  std::string_view symbol = token.text;
  const bool permuted = symbol.size() > 1 && symbol[0] == '*';
  if (permuted) symbol.remove_prefix(1);
  for (const OperatorWord& word : kOperators)
    if (word.symbol == symbol && word.level == level) return Operator{word.op, permuted, token.at};
  return std::nullopt;
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  Result<std::shared_ptr<const Program>> run();

 private:
  Status statement();
  Result<Node> assignable();  // an expression, or an assignment of the three kinds
  Result<Node> expression();
  Result<Node> level(int level);
  Result<Node> tighter(int level);
  Result<Node> negation();
  Result<Node> unary();
  Result<Node> prefixed();
  Result<Node> subscripted();
  Result<Node> primary();
  Result<Node> keyword();
  Result<Node> call();
  Status arguments(Node& call);
  Status check_arguments(const Node& call) const;

  const Token& here() const { return tokens_[next_]; }
  const Token& after(std::size_t count = 1) const {
    return tokens_[std::min(next_ + count, tokens_.size() - 1)];
  }
  Token take() {
    Token token = tokens_[next_];
    if (token.kind != Token::Kind::kEnd) ++next_;
    return token;
  }
  Status expect(std::string_view symbol);
  Node node(Node::Kind kind) const {
    Node made;
    made.kind = kind;
    made.at = here().at;
    return made;
  }
  void name(Node& made, const Token& token);
  Error wrong(std::string_view cause) const { return invalid(at_position(here().at, cause)); }
  Error too_deep() const {
    return wrong("expressions are nested more than " + std::to_string(kDeepest) + " deep");
  }
  std::string found() const;

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::size_t depth_ = 0;
  std::set<std::string> reads_;
  Program program_;
};

std::string Parser::found() const {
  switch (here().kind) {
    case Token::Kind::kEnd:
      return "the end of the formula";
    case Token::Kind::kText:
      return "a text";
    case Token::Kind::kNumber:
      return "a number";
    case Token::Kind::kName:
    case Token::Kind::kFunction:
      return printable(here().spelling, 60);
    case Token::Kind::kSymbol:
      return "'" + here().text + "'";
  }
  return "";
}

Status Parser::expect(std::string_view symbol) {
  if (!here().is(symbol))
    return wrong("'" + std::string(symbol) + "' is expected, and " + found() + " found");
  take();
  return Done{};
}

void Parser::name(Node& made, const Token& token) {
  made.name = token.text;
  made.spelling = token.spelling;
  made.slot = program_.slots.try_emplace(token.text, program_.slots.size()).first->second;
}

Result<std::shared_ptr<const Program>> Parser::run() {
  while (here().kind != Token::Kind::kEnd) {
    if (here().is(";")) {
      take();
      continue;
    }
    CHECK_OK(statement());
    if (here().kind != Token::Kind::kEnd) CHECK_OK(expect(";"));
  }
  program_.reads.assign(reads_.begin(), reads_.end());
  return std::make_shared<const Program>(std::move(program_));
}

Status Parser::statement() {
  const bool word = here().kind == Token::Kind::kName && !after().is(":=");
  if (word && here().text == "rem" && after().kind == Token::Kind::kText) {
    take();
    take();
    return Done{};
  }
  if (word && here().text == "environment" && after().kind == Token::Kind::kName)
    return wrong("ENVIRONMENT writes to a notes.ini, which a formula can't do here; use FIELD");
  if (word && here().text == "select") take();
  TRY(Node statement, assignable());
  program_.statements.push_back(std::move(statement));
  return Done{};
}

Result<Node> Parser::assignable() {
  const bool field = here().text == "field", initial = here().text == "default";
  Node made = node(Node::Kind::kAssign);
  if (here().kind != Token::Kind::kName) return expression();
  if ((field || initial) && after().kind == Token::Kind::kName) {
    made.kind = field ? Node::Kind::kField : Node::Kind::kDefault;
    take();
    if (!after().is(":=")) return wrong("FIELD and DEFAULT are followed by NAME := VALUE");
  } else if (!after().is(":=")) {
    return expression();
  }
  name(made, take());
  take();
  if (++depth_ > kDeepest) return too_deep();
  TRY(Node value, assignable());
  --depth_;
  made.children.push_back(std::move(value));
  return made;
}

Result<Node> Parser::expression() {
  if (++depth_ > kDeepest) return too_deep();
  auto made = level(kLogicLevel);
  --depth_;
  return made;
}

Result<Node> Parser::tighter(int of_level) {
  switch (of_level) {
    case kLogicLevel:
      return negation();
    case kCompareLevel:
      return level(kPlusLevel);
    case kPlusLevel:
      return level(kTimesLevel);
    case kTimesLevel:
      return unary();
    default:
      return subscripted();
  }
}

Result<Node> Parser::level(int of_level) {
  Node chain = node(Node::Kind::kChain);
  TRY(Node first, tighter(of_level));
  while (const auto found_operator = operator_at(here(), of_level)) {
    if (chain.children.empty()) chain.children.push_back(std::move(first));
    take();
    TRY(Node operand, tighter(of_level));
    chain.operators.push_back(*found_operator);
    chain.children.push_back(std::move(operand));
  }
  if (chain.children.empty()) return first;
  return chain;
}

Result<Node> Parser::negation() {
  Node made = node(Node::Kind::kNot);
  std::size_t count = 0;
  for (; here().is("!"); ++count) take();
  TRY(Node operand, level(kCompareLevel));
  if (count == 0) return operand;
  // An even number of them turns every number into 1 or 0.
  made.children.push_back(std::move(operand));
  if (count % 2 == 1) return made;
  Node again = made;
  again.children.clear();
  again.children.push_back(std::move(made));
  return again;
}

// A sign or ! in the middle of an expression, as in 1 : -2.
Result<Node> Parser::prefixed() {
  if (++depth_ > kDeepest) return too_deep();
  const bool negated = here().is("!");
  Result<Node> made = negated ? negation() : unary();
  --depth_;
  return made;
}

Result<Node> Parser::unary() {
  Node made = node(Node::Kind::kMinus);
  bool minus = false, sign = false;
  for (; here().is("-") || here().is("+"); sign = true) minus = take().is("-") != minus;
  TRY(Node operand, level(kListLevel));
  if (!sign) return operand;
  // "+x" is x if it is a number: minus twice says so.
  made.children.push_back(std::move(operand));
  if (minus) return made;
  Node again = made;
  again.children.clear();
  again.children.push_back(std::move(made));
  return again;
}

Result<Node> Parser::subscripted() {
  if (here().is("-") || here().is("+") || here().is("!")) return prefixed();
  Node made = node(Node::Kind::kSubscript);
  TRY(Node list, primary());
  while (here().is("[")) {
    if (made.children.size() > kMostSubscripts) return wrong("there are too many subscripts in a row");
    if (made.children.empty()) made.children.push_back(std::move(list));
    take();
    TRY(Node index, expression());
    CHECK_OK(expect("]"));
    made.children.push_back(std::move(index));
  }
  if (made.children.empty()) return list;
  return made;
}

Result<Node> Parser::primary() {
  Node made = node(Node::Kind::kConstant);
  switch (here().kind) {
    case Token::Kind::kText:
      made.constant = Value(take().text);
      return made;
    case Token::Kind::kNumber:
      made.constant = Value(take().number);
      return made;
    case Token::Kind::kFunction:
      return call();
    case Token::Kind::kName:
      made.kind = Node::Kind::kName;
      reads_.insert(here().text);
      name(made, take());
      return made;
    default:
      break;
  }
  if (here().is("[")) return keyword();
  if (!here().is("(")) return wrong("an expression is expected, and " + found() + " found");
  take();
  TRY(made, assignable());
  CHECK_OK(expect(")"));
  return made;
}

// [Descending]: the text "[DESCENDING]".
Result<Node> Parser::keyword() {
  Node made = node(Node::Kind::kConstant);
  take();
  if (here().kind != Token::Kind::kName || !after().is("]"))
    return wrong("a keyword in brackets such as [Descending] is expected; constant dates are not known here");
  std::string word = take().text;
  std::ranges::transform(word, word.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  made.constant = Value("[" + word + "]");
  take();
  return made;
}

Result<Node> Parser::call() {
  Node made = node(Node::Kind::kCall);
  made.function = find_function(here().text);
  made.spelling = here().spelling;
  if (made.function == nullptr && is_outside_function(here().text))
    return wrong("the function " + here().spelling +
                 " reaches outside of the formula, which is not allowed here");
  if (made.function == nullptr) return wrong("there is no function " + printable(here().spelling, 60));
  take();
  if (here().is("(")) CHECK_OK(arguments(made));
  CHECK_OK(check_arguments(made));
  return made;
}

Status Parser::arguments(Node& made) {
  take();
  while (!here().is(")")) {
    if (!made.children.empty()) CHECK_OK(expect(";"));
    if (made.children.size() >= kMostArguments) return wrong("there are too many arguments");
    TRY(Node argument, assignable());
    made.children.push_back(std::move(argument));
  }
  take();
  return Done{};
}

Status Parser::check_arguments(const Node& made) const {
  const Function& function = *made.function;
  const std::size_t count = made.children.size();
  const auto refuse = [&](const std::string& wanted) {
    return invalid(at_position(
        made.at, std::string(function.name) + " takes " + wanted + ", and has " + std::to_string(count)));
  };
  if (function.form == Form::kIf && (count < 3 || count % 2 == 0))
    return refuse("an odd number of arguments: pairs of condition and value, and the value for all else");
  if (count >= function.least && (function.most == kAny || count <= function.most)) return Done{};
  const std::string least = std::to_string(function.least);
  if (function.most == kAny)
    return refuse("at least " + least + (function.least == 1 ? " argument" : " arguments"));
  if (function.least == function.most)
    return refuse(least + (function.least == 1 ? " argument" : " arguments"));
  return refuse(least + " to " + std::to_string(function.most) + " arguments");
}

}  // namespace

Result<std::shared_ptr<const Program>> parse_program(std::string_view text, Position origin) {
  TRY(std::vector<Token> tokens, lex(text, origin));
  return Parser(std::move(tokens)).run();
}

}  // namespace certstead::formula
