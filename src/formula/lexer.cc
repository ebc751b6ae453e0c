#include "formula/lexer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace certstead::formula {
namespace {

constexpr std::size_t kLongest = std::size_t{256} << 10;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool continues_name(char c) { return begins_name(c) || is_digit(c) || c == '.'; }

// Where the text that opens at `open` ends: the index of its closing mark, or npos. A backslash takes the
// next character with it.
std::size_t closing_mark(std::string_view text, std::size_t open) {
  const char mark = text[open] == '{' ? '}' : text[open];
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == mark)
      return i;
  }
  return std::string_view::npos;
}

std::string without_escapes(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\\' && i + 1 < raw.size()) ++i;
    out += raw[i];
  }
  return out;
}

class Lexer {
 public:
  Lexer(std::string_view text, Position origin) : text_(text), here_(origin) {}
  Result<std::vector<Token>> run();

 private:
  Status next();
  Status read_text();
  Status read_number();
  Status read_word();
  Status read_symbol();
  void push(Token::Kind kind, std::string text, std::size_t bytes);
  void advance(std::size_t bytes);
  Error wrong(std::string_view cause) const { return invalid(at_position(here_, cause)); }

  std::string_view text_;
  std::size_t offset_ = 0;
  Position here_;
  std::vector<Token> tokens_;
};

void Lexer::advance(std::size_t bytes) {
  for (const std::size_t end = offset_ + bytes; offset_ < end; ++offset_) {
    const char c = text_[offset_];
    if (c == '\n') {
      ++here_.line;
      here_.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) {
      ++here_.column;
    }
  }
}

void Lexer::push(Token::Kind kind, std::string text, std::size_t bytes) {
  Token token;
  token.kind = kind;
  token.text = std::move(text);
  token.at = here_;
  tokens_.push_back(std::move(token));
  advance(bytes);
}

Status Lexer::read_text() {
  const std::size_t end = closing_mark(text_, offset_);
  if (end == std::string_view::npos)
    return wrong(std::string("the text that begins here with ") + text_[offset_] + " is not closed");
  push(Token::Kind::kText, without_escapes(text_.substr(offset_ + 1, end - offset_ - 1)), end + 1 - offset_);
  return Done{};
}

Status Lexer::read_number() {
  double number = 0;
  const char* begin = text_.data() + offset_;
  const auto [end, fault] = std::from_chars(begin, text_.data() + text_.size(), number);
  if (fault != std::errc() || !std::isfinite(number)) return wrong("this number is out of range");
  push(Token::Kind::kNumber, "", static_cast<std::size_t>(end - begin));
  tokens_.back().number = number;
  return Done{};
}

Status Lexer::read_word() {
  std::size_t end = offset_ + 1;
  while (end < text_.size() && continues_name(text_[end])) ++end;
  const std::string_view word = text_.substr(offset_, end - offset_);
  const bool function = word[0] == '@';
  if (function && word.size() == 1) return wrong("a name is missing after @");
  push(function ? Token::Kind::kFunction : Token::Kind::kName, lower_ascii(word), word.size());
  tokens_.back().spelling = std::string(word);
  return Done{};
}

Status Lexer::read_symbol() {
  // Longest first.
  static constexpr std::array kSymbols = {"*!=", "*<>", "*><", "*=!", "*<=", "*>=", "*=<", "*=>", ":=", "**",
                                          "*/",  "*+",  "*-",  "*=",  "*<",  "*>",  "!=",  "<>",  "><", "=!",
                                          "<=",  ">=",  "=<",  "=>",  "(",   ")",   "[",   "]",   ";",  ":",
                                          "+",   "-",   "*",   "/",   "=",   "<",   ">",   "!",   "&",  "|"};
  const std::string_view rest = text_.substr(offset_);
  for (const std::string_view symbol : kSymbols) {
    if (!rest.starts_with(symbol)) continue;
    push(Token::Kind::kSymbol, std::string(symbol), symbol.size());
    return Done{};
  }
  return wrong("the character '" + printable(rest.substr(0, 1)) + "' has no meaning here");
}

Status Lexer::next() {
  const char c = text_[offset_];
  const char after = offset_ + 1 < text_.size() ? text_[offset_ + 1] : '\0';
  if (c == ' ' || c == '\t' || c == '\r' || c == '\n') return advance(1), Done{};
  if (c == '"' || c == '\'' || c == '{') return read_text();
  if (is_digit(c) || (c == '.' && is_digit(after))) return read_number();
  if (c == '@' || begins_name(c)) return read_word();
  return read_symbol();
}

Result<std::vector<Token>> Lexer::run() {
  if (text_.size() > kLongest)
    return wrong("the formula has more than " + std::to_string(kLongest) + " bytes");
  while (offset_ < text_.size()) CHECK_OK(next());
  push(Token::Kind::kEnd, "", 0);
  return std::move(tokens_);
}

}  // namespace

Result<std::vector<Token>> lex(std::string_view text, Position origin) { return Lexer(text, origin).run(); }

std::size_t expression_length(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '}') return i;
    if (c != '"' && c != '\'' && c != '{') continue;
    i = closing_mark(text, i);
    if (i == std::string_view::npos) break;
  }
  return std::string_view::npos;
}

std::string at_position(Position at, std::string_view cause) {
  return "line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": " +
         std::string(cause);
}

}  // namespace certstead::formula
