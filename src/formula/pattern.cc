#include "formula/pattern.h"

#include "base/text.h"
#include "base/utf8.h"

namespace certstead::formula {
namespace {

// One character of a text, or, repeated, any number of them.
struct Piece {
  bool any = false;
  bool negated = false;
  bool repeated = false;
  bool exact_case = true;
  std::vector<std::pair<unsigned, unsigned>> ranges;  // of characters, inclusive
};

unsigned lower_code(unsigned c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

bool fits(const Piece& piece, unsigned c) {
  if (piece.any) return true;
  for (const auto& [low, high] : piece.ranges) {
    const bool hit = piece.exact_case ? c >= low && c <= high : lower_code(c) == lower_code(low);
    if (hit) return !piece.negated;
  }
  return piece.negated;
}

// Characters of UTF-8; a byte that belongs to none is a character by itself.
std::vector<unsigned> characters(std::string_view text) {
  std::vector<unsigned> out;
  while (!text.empty()) {
    const Utf8Character next = first_utf8(text);
    out.push_back(next.size == 0 ? static_cast<unsigned char>(text[0]) : next.code);
    text.remove_prefix(std::max<std::size_t>(next.size, 1));
  }
  return out;
}

// reached[i]: the first i pieces fit what was read. One row of the table at a time.
bool run(const std::vector<Piece>& pieces, const std::vector<unsigned>& text, Meter& meter) {
  std::vector<char> reached(pieces.size() + 1, 0);
  const auto skip_repeated = [&](std::vector<char>& row) {
    for (std::size_t i = 0; i < pieces.size(); ++i)
      if (row[i] != 0 && pieces[i].repeated) row[i + 1] = 1;
  };
  reached[0] = 1;
  skip_repeated(reached);
  for (const unsigned c : text) {
    if (!meter.step(1 + pieces.size() / 8)) return false;
    std::vector<char> next(pieces.size() + 1, 0);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (reached[i] == 0 || !fits(pieces[i], c)) continue;
      next[pieces[i].repeated ? i : i + 1] = 1;
    }
    skip_repeated(next);
    reached = std::move(next);
  }
  return reached.back() != 0;
}

Piece literal(unsigned c, bool exact_case) {
  Piece piece;
  piece.exact_case = exact_case;
  piece.ranges.emplace_back(c, c);
  return piece;
}

class MatchesReader {
 public:
  MatchesReader(const std::vector<unsigned>& pattern, Meter& meter) : pattern_(pattern), meter_(meter) {}

  Result<bool> decide(const std::vector<unsigned>& text) {
    bool result = false;
    char joint = '|';
    while (true) {
      TRY(const bool one, decide_one(text));
      result = joint == '|' ? result || one : result && one;
      if (at_ >= pattern_.size()) return result;
      joint = static_cast<char>(pattern_[at_++]);
    }
  }

 private:
  Result<bool> decide_one(const std::vector<unsigned>& text) {
    bool negated = false;
    for (; peek() == '!'; ++at_) negated = !negated;
    std::vector<Piece> pieces;
    while (at_ < pattern_.size() && peek() != '|' && peek() != '&') {
      if (!meter_.step() || !meter_.take(sizeof(Piece))) return false;
      const bool repeated = peek() == '+' && at_ + 1 < pattern_.size();
      if (repeated) ++at_;
      TRY(Piece piece, read_piece());
      piece.repeated = piece.repeated || repeated;
      pieces.push_back(std::move(piece));
    }
    return run(pieces, text, meter_) != negated;
  }

  Result<Piece> read_piece() {
    const unsigned c = pattern_[at_++];
    if (c == '{') return read_set();
    if (c == '\\' && at_ < pattern_.size()) return literal(pattern_[at_++], false);
    if (c != '?' && c != '*') return literal(c, false);
    Piece piece;
    piece.any = true;
    piece.repeated = c == '*';
    return piece;
  }

  Result<Piece> read_set() {
    Piece set;
    if (peek() == '!') {
      set.negated = true;
      ++at_;
    }
    while (peek() != '}') {
      if (peek() == '\\') ++at_;
      if (at_ >= pattern_.size()) return invalid("a set { in the pattern is not closed");
      const unsigned low = pattern_[at_++];
      const bool range = peek() == '-' && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != '}';
      if (range) at_ += 2;
      set.ranges.emplace_back(low, range ? pattern_[at_ - 1] : low);
    }
    ++at_;
    return set;
  }

  // 0 at the end.
  unsigned peek() const { return at_ < pattern_.size() ? pattern_[at_] : 0; }

  const std::vector<unsigned>& pattern_;
  Meter& meter_;
  std::size_t at_ = 0;
};

// What the copies of a match take.
bool afford(std::string_view text, std::string_view pattern, Meter& meter) {
  return meter.step(1 + (text.size() + pattern.size()) / 16) &&
         meter.take((text.size() + pattern.size()) * sizeof(unsigned));
}

}  // namespace

Result<bool> matches_pattern(std::string_view text, std::string_view pattern, Meter& meter) {
  if (!afford(text, pattern, meter)) return false;
  const std::vector<unsigned> pattern_characters = characters(pattern), text_characters = characters(text);
  return MatchesReader(pattern_characters, meter).decide(text_characters);
}

bool is_like(std::string_view text, std::string_view pattern, std::string_view escape, Meter& meter) {
  if (!afford(text, pattern, meter)) return false;
  const std::vector<unsigned> symbols = characters(pattern), marks = characters(escape);
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (!meter.take(sizeof(Piece))) return false;
    const bool escaped = !marks.empty() && symbols[i] == marks[0] && i + 1 < symbols.size();
    if (escaped) ++i;
    Piece piece = literal(symbols[i], true);
    if (!escaped && (symbols[i] == '_' || symbols[i] == '%')) {
      piece.any = true;
      piece.repeated = symbols[i] == '%';
    }
    pieces.push_back(std::move(piece));
  }
  return run(pieces, characters(text), meter);
}

}  // namespace certstead::formula
