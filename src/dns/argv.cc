#include "dns/argv.h"

#include "base/text.h"

namespace certstead {
namespace {

class Splitter {
 public:
  explicit Splitter(std::string_view line) : line_(line) {}

  Result<std::vector<std::string>> run() {
    for (; at_ < line_.size(); ++at_) CHECK_OK(read());
    end_word();
    return std::move(words_);
  }

 private:
  Status read() {
    const char c = line_[at_];
    if (c == '\0') return invalid("a command can't hold a NUL", "command-words");
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return end_word(), Done{};
    if (std::string_view("|&;<>`()").find(c) != std::string_view::npos || (c == '#' && !inside_))
      return invalid(std::string("the command holds ") + c +
                         ", which means something to a shell, and there is none here: put it in quotes, or "
                         "into a script",
                     "command-words");
    inside_ = true;
    if (c == '"' || c == '\'') return read_quoted(c);
    if (c == '\\' && at_ + 1 < line_.size()) ++at_;
    word_ += line_[at_];
    return Done{};
  }

  Status read_quoted(char quote) {
    for (++at_; at_ < line_.size() && line_[at_] != quote; ++at_) {
      const char next = at_ + 1 < line_.size() ? line_[at_ + 1] : '\0';
      if (quote == '"' && line_[at_] == '\\' && (next == '"' || next == '\\')) ++at_;
      word_ += line_[at_];
    }
    if (at_ < line_.size()) return Done{};
    return invalid(std::string("the command has a ") + quote + " that is not closed", "command-words");
  }

  void end_word() {
    if (inside_) words_.push_back(std::move(word_));
    word_.clear();
    inside_ = false;
  }

  std::string_view line_;
  std::size_t at_ = 0;
  bool inside_ = false;
  std::string word_;
  std::vector<std::string> words_;
};

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view line) { return Splitter(line).run(); }

}  // namespace certstead
