// Tables in plain ASCII lines that fit a terminal.
#pragma once

#include <string>
#include <vector>

namespace certstead {

inline constexpr std::size_t kScreenWidth = 100;

enum class Colour { kNone, kGreen, kYellow, kRed };
// `text` in `colour` where `colours` are on.
std::string coloured(std::string_view text, Colour colour, bool colours);

// How many columns of a terminal a UTF-8 text takes: wide East Asian characters two, combining marks none.
std::size_t display_width(std::string_view text);

struct Cell {
  Cell(std::string cell_text, Colour cell_colour = Colour::kNone)
      : text(std::move(cell_text)), colour(cell_colour) {}
  Cell(const char* cell_text) : text(cell_text) {}
  std::string text;
  Colour colour = Colour::kNone;
};

class Table {
 public:
  explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}
  // As many cells as heads.
  void add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Heads, a line below them, the rows; columns two blanks apart. Where it would be wider than `width`, the
  // widest columns are made narrower and their texts go on in the next line; nothing is cut off.
  std::string text(bool colours, std::size_t width = kScreenWidth) const;

 private:
  std::vector<std::size_t> widths(std::size_t width) const;
  std::vector<std::string> heads_;
  std::vector<std::vector<Cell>> rows_;
};

// Lines "name   value", the values in one column, long ones broken at blanks.
class Facts {
 public:
  // An empty value leaves the line out.
  void add(std::string name, std::string value);
  std::string text(std::size_t indent = 0, std::size_t width = kScreenWidth) const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

// Breaks at blanks where it can, else within words.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace certstead
