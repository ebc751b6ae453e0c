#include "base/toml_guard.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kEndsBareValue = " \t\r\n\v\f]},#";
constexpr std::string_view kNoBareValue = " \t\r\n\v\f]},#[{";
constexpr std::string_view kEndsValue = "=,[]{}\n";  // what stands behind it may be another
constexpr char kHead = 'h';

struct Fault {
  std::size_t at = 0;  // offset of the byte
  std::string_view what = {};
  bool column = true;  // say it
};

constexpr std::string_view kNoTable = "a line that begins with [ has to name a table";
constexpr std::string_view kNotAscii =
    "a character that is not ASCII can stand within quotes and comments only";
constexpr std::string_view kListBrace = "a list ends with ], not with }";
constexpr std::string_view kContinued =
    "behind a \\ within \"\"\", and behind a line that ends with one, a character has to be ASCII";

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool begins_a_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '"' || c == '\'';
}

bool is_bad_head(std::string_view line) {
  line = trim(line.substr(line.starts_with("[[") ? 2 : 1));
  return line.empty() || (!begins_a_key(line.front()) && line.front() != ']');
}

// Takes strings, comments, lists and numbers as toml++ does until it finds a first error; it reads nothing
// behind that.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  std::optional<Fault> first_fault() {
    while (at_ < text_.size() && !fault_) step();
    return fault_;
  }

 private:
  void step() {
    const char c = text_[at_];
    const bool line_begins = line_begins_;
    line_begins_ = c == '\n' || (line_begins && kBlanks.find(c) != std::string_view::npos);
    if (c == '"' || c == '\'') return string(c);
    if (c == '#') return comment();
    if (!is_ascii(c)) return fail(kNotAscii);
    if (value_ && kNoBareValue.find(c) == std::string_view::npos) return bare_value();
    if (c == '[' || c == '{') open(c, line_begins);
    if (c == '}' && open_.ends_with('[')) return fail(kListBrace);
    if ((c == ']' || c == '}') && !open_.empty()) open_.pop_back();
    if (kEndsValue.find(c) != std::string_view::npos) value_ = c == '=' || open_.ends_with('[');
    ++at_;
  }

  // The bracket of a head is none of a list.
  void open(char bracket, bool line_begins) {
    const bool head = bracket == '[' && line_begins && open_.empty();
    if (head && is_bad_head(text_.substr(at_, text_.find('\n', at_) - at_))) {
      fault_ = Fault{at_, kNoTable, false};
    }
    open_ += head || open_.ends_with(kHead) ? kHead : bracket;
  }

  // A number is looked for up to what can end it, whatever stands there: of 1"x" the quotes begin no string.
  void bare_value() {
    for (; at_ < text_.size() && kEndsBareValue.find(text_[at_]) == std::string_view::npos; ++at_) {
      if (!is_ascii(text_[at_])) return fail(kNotAscii);
    }
  }

  void comment() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  void string(char quote) {
    value_ = false;
    const std::size_t quotes = run_of(quote);
    if (quotes >= 3) {
      at_ += 3;
      return long_string(quote);
    }
    ++at_;
    while (at_ < text_.size() && text_[at_] != '\n') {
      const char c = text_[at_++];
      if (c == quote) return;
      if (c == '\\' && quote == '"' && at_ < text_.size() && text_[at_] != '\n') ++at_;
    }
  }

  // Behind the quotes that open it.
  void long_string(char quote) {
    while (at_ < text_.size() && !fault_) {
      const char c = text_[at_];
      if (c == quote) {
        const std::size_t quotes = std::min<std::size_t>(run_of(quote), 5);  // two of them its own
        at_ += quotes;
        if (quotes >= 3) return;
        continue;
      }
      ++at_;
      if (c == '\\' && quote == '"') escaped();
    }
  }

  // Behind a backslash in a long string.
  void escaped() {
    const std::size_t next = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
    const bool continued = next > at_;
    at_ = next;
    if (at_ == text_.size()) return;
    if (!is_ascii(text_[at_])) return fail(kContinued);
    if (!continued) ++at_;
  }

  void fail(std::string_view what) { fault_ = Fault{at_, what}; }

  std::size_t run_of(char c) const { return std::min(text_.find_first_not_of(c, at_), text_.size()) - at_; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string open_;  // brackets, outermost first
  bool line_begins_ = true;
  bool value_ = false;  // what stands here is a value without quotes, or a part of one
  std::optional<Fault> fault_;
};

std::string place(std::string_view text, const Fault& fault) {
  const std::string_view before = text.substr(0, fault.at);
  std::string out = "line " + std::to_string(std::ranges::count(before, '\n') + 1);
  if (!fault.column) return out;
  const std::string_view line = before.substr(before.rfind('\n') + 1);
  const auto characters =
      std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  return out + ", column " + std::to_string(characters + 1);
}

}  // namespace

Status check_toml(std::string_view text, std::string id, std::string_view path) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::optional<Fault> fault = Scan(text).first_fault();
  if (!fault) return Done{};
  return invalid(
      (path.empty() ? "" : printable(path) + ", ") + place(text, *fault) + ": " + std::string(fault->what),
      std::move(id));
}

}  // namespace certstead
