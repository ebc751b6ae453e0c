#include "cli/words.h"

#include "base/text.h"

namespace certstead {

Result<std::vector<std::string>> split_words(std::string_view text) {
  constexpr std::string_view kShell = "$|;&<>`*";
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        words.back() += c;
      }
      continue;
    }
    if (c == ' ' || c == '\t') {
      in_word = false;
      continue;
    }
    if (kShell.find(c) != std::string_view::npos) {
      return invalid("no shell reads \"" + printable(text, 200) + "\", so \"" + std::string(1, c) +
                     "\" has no meaning; name a script instead, or put it in quotes");
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == '\'' || c == '"') {
      quote = c;
    } else {
      words.back() += c;
    }
  }
  if (quote != 0) return invalid("a quote in \"" + printable(text, 200) + "\" does not end");
  if (words.empty()) return invalid("there is no command");
  return words;
}

}  // namespace certstead
