#include "cli/table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

namespace certstead {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastColumn = 8;

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

// The first character of `text`; a byte that is no UTF-8 counts as itself.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  const std::size_t bytes = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (bytes == 1 || bytes > text.size()) return {lead, 1};
  char32_t code = lead & (0x7F >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6) | (byte(i) & 0x3F);
  return {code, bytes};
}

struct Range {
  char32_t first, last;
};
constexpr std::array kCombining = {Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                                   Range{0x0610, 0x061A}, Range{0x064B, 0x065F}, Range{0x093C, 0x093C},
                                   Range{0x0941, 0x0948}, Range{0x094D, 0x094D}, Range{0x0E34, 0x0E3A},
                                   Range{0x0E47, 0x0E4E}, Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF},
                                   Range{0x200B, 0x200D}, Range{0x20D0, 0x20FF}, Range{0x3099, 0x309A},
                                   Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};
constexpr std::array kWide = {Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},  Range{0x3041, 0x33FF},
                              Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},  Range{0xA000, 0xA4CF},
                              Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},  Range{0xFE30, 0xFE4F},
                              Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},  Range{0x1F300, 0x1F64F},
                              Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

template <std::size_t N>
bool within(char32_t code, const std::array<Range, N>& ranges) {
  return std::ranges::any_of(ranges, [&](const Range& r) { return code >= r.first && code <= r.last; });
}

std::size_t width_of(char32_t code) {
  if (code < 0x300) return 1;
  if (within(code, kCombining)) return 0;
  return within(code, kWide) ? 2 : 1;
}

// How many bytes of `text` fit into `width` columns; at least one character.
std::size_t fitting(std::string_view text, std::size_t width) {
  std::size_t bytes = 0;
  std::size_t used = 0;
  while (bytes < text.size()) {
    const Character c = first_character(text.substr(bytes));
    used += width_of(c.code);
    if (used > width && bytes > 0) break;
    bytes += c.bytes;
  }
  return bytes;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

void trim_end(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

}  // namespace

std::string coloured(std::string_view text, Colour colour, bool colours) {
  if (!colours || colour == Colour::kNone) return std::string(text);
  const std::string_view code = colour == Colour::kGreen ? "32" : colour == Colour::kYellow ? "33" : "31";
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character c = first_character(text);
    width += width_of(c.code);
    text.remove_prefix(c.bytes);
  }
  return width;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (display_width(text) > width) {
    const std::size_t most = fitting(text, width);
    // The blank behind the last word that fits.
    std::size_t cut = text.substr(0, most + 1).rfind(' ');
    if (cut == std::string_view::npos || cut == 0) cut = most;
    lines.emplace_back(text.substr(0, cut));
    text.remove_prefix(cut);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::vector<std::size_t> Table::widths(std::size_t width) const {
  std::vector<std::size_t> out;
  for (const std::string& head : heads_) out.push_back(display_width(head));
  for (const std::vector<Cell>& row : rows_) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::max(out[i], display_width(row[i].text));
  }
  const auto total = [&] { return std::accumulate(out.begin(), out.end(), kGap * (out.size() - 1)); };
  while (total() > width) {
    const auto widest = std::ranges::max_element(out);
    if (*widest <= kLeastColumn) break;
    --*widest;
  }
  return out;
}

std::string Table::text(bool colours, std::size_t width) const {
  const std::vector<std::size_t> columns = widths(width);
  std::string out;
  const auto add_row = [&](const std::vector<Cell>& cells) {
    std::vector<std::vector<std::string>> wrapped;
    std::size_t height = 1;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      wrapped.push_back(wrap(cells[i].text, columns[i]));
      height = std::max(height, wrapped.back().size());
    }
    for (std::size_t line = 0; line < height; ++line) {
      std::string row;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string part = line < wrapped[i].size() ? wrapped[i][line] : std::string();
        const std::string cell = coloured(part, cells[i].colour, colours && !part.empty());
        row += cell + std::string(padded(part, columns[i]).size() - part.size() + kGap, ' ');
      }
      trim_end(row);
      out += row + "\n";
    }
  };
  add_row({heads_.begin(), heads_.end()});
  std::vector<Cell> rule;
  for (const std::size_t column : columns) rule.emplace_back(std::string(column, '-'));
  add_row(rule);
  for (const std::vector<Cell>& row : rows_) add_row(row);
  return out;
}

void Facts::add(std::string name, std::string value) {
  if (!value.empty()) lines_.emplace_back(std::move(name), std::move(value));
}

std::string Facts::text(std::size_t indent, std::size_t width) const {
  std::size_t names = 0;
  for (const auto& [name, value] : lines_) names = std::max(names, display_width(name));
  const std::size_t left = indent + names + kGap;
  std::string out;
  for (const auto& [name, value] : lines_) {
    std::string start = std::string(indent, ' ') + padded(name, names + kGap);
    for (const std::string& line : wrap(value, width > left + kLeastColumn ? width - left : kLeastColumn)) {
      out += start + line + "\n";
      start = std::string(left, ' ');
    }
  }
  return out;
}

}  // namespace certstead
