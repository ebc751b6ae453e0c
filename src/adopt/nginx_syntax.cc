#include "adopt/nginx_syntax.h"

#include <cstdint>

namespace certstead {
namespace {

constexpr std::size_t kDeepest = 64;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { open_.push_back(&top_); }

  std::vector<NginxDirective> run() {
    while (at_ < text_.size()) step();
    end_directive(false);
    return std::move(top_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '\n') ++line_;
    switch (c) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        ++at_;
        return;
      case '#':
        at_ = std::min(text_.find('\n', at_), text_.size());
        return;
      case ';':
        ++at_;
        end_directive(false);
        return;
      case '{':
        ++at_;
        if (!words_.empty() && words_.front().ends_with("_by_lua_block")) {
          skip_lua();
        } else {
          end_directive(true);
        }
        return;
      case '}':
        ++at_;
        end_directive(false);
        if (flattened_ > 0) {
          --flattened_;
        } else if (open_.size() > 1) {
          open_.pop_back();
        }
        return;
      case '"':
      case '\'':
        return quoted(c);
      default:
        return plain();
    }
  }

  void begin_word() {
    if (words_.empty()) start_ = line_;
  }

  void quoted(char mark) {
    begin_word();
    std::string word;
    for (++at_; at_ < text_.size() && text_[at_] != mark; ++at_) take(word);
    if (at_ < text_.size()) ++at_;
    words_.push_back(std::move(word));
  }

  void plain() {
    begin_word();
    std::string word;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      // "${name}" is one word.
      if (c == '{' && !word.empty() && word.back() == '$') {
        const std::size_t close = std::min(text_.find('}', at_), text_.size() - 1);
        word.append(text_.substr(at_, close - at_ + 1));
        at_ = close;
        continue;
      }
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';' || c == '{') break;
      take(word);
    }
    // A brace that closes ends no word in nginx; alone it is one, which step() sees.
    words_.push_back(std::move(word));
  }

  // One character, or what a backslash stands for.
  void take(std::string& word) {
    if (text_[at_] == '\n') ++line_;
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
      const char next = text_[at_ + 1];
      if (next == '"' || next == '\'' || next == '\\' || next == ' ' || next == ';') {
        ++at_;
        word.push_back(next);
        return;
      }
    }
    word.push_back(text_[at_]);
  }

  void skip_lua() {
    for (int depth = 1; at_ < text_.size() && depth > 0; ++at_) {
      if (text_[at_] == '\n') ++line_;
      depth += text_[at_] == '{' ? 1 : text_[at_] == '}' ? -1 : 0;
    }
    words_.clear();
  }

  void end_directive(bool block) {
    if (words_.empty() && !block) return;
    if (words_.empty()) words_.emplace_back();
    open_.back()->push_back({std::move(words_), start_, {}});
    words_.clear();
    if (!block) return;
    if (open_.size() >= kDeepest) {
      ++flattened_;
    } else {
      open_.push_back(&open_.back()->back().inside);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1, start_ = 1;
  std::vector<std::string> words_;
  std::vector<NginxDirective> top_;
  // The lists that are being filled. An outer one doesn't grow while an inner one is open, so they stay.
  std::vector<std::vector<NginxDirective>*> open_;
  std::uint64_t flattened_ = 0;
};

}  // namespace

std::vector<NginxDirective> parse_nginx(std::string_view text) { return Parser(text).run(); }

}  // namespace certstead
