#include "formula/number_format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/clock.h"
#include "formula/value.h"

namespace certstead::formula {
namespace {

constexpr int kMostDigits = 15;

struct NumberFormat {
  char style = 'G';
  bool thousands = false, percent = false, parentheses = false;
  int digits = -1;
};

std::optional<NumberFormat> read_format(std::string_view format) {
  NumberFormat out;
  for (const char c : format) {
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    if (std::string_view("GFSC").find(upper) != std::string_view::npos)
      out.style = upper;
    else if (c == ',')
      out.thousands = true;
    else if (c == '%')
      out.percent = true;
    else if (c == '(' || c == ')')
      out.parentheses = true;
    else if (c >= '0' && c <= '9')
      out.digits = std::min(kMostDigits, std::max(out.digits, 0) * 10 + (c - '0'));
    else if (c != ' ')
      return std::nullopt;
  }
  return out;
}

std::string printed(const NumberFormat& format, double number) {
  std::array<char, 400> out{};
  const bool fixed = format.style == 'F' || format.style == 'C' || format.percent;
  const int digits = format.digits >= 0 ? format.digits : 2;
  int size = 0;
  if (format.style == 'S')
    size = std::snprintf(out.data(), out.size(), "%.*E", digits, number);
  else if (fixed)
    size = std::snprintf(out.data(), out.size(), "%.*f", digits, number);
  else if (format.digits > 0)
    size = std::snprintf(out.data(), out.size(), "%.*g", format.digits, number);
  else
    return number_text(number);
  return {out.data(), static_cast<std::size_t>(size)};
}

void put_commas(std::string& text) {
  const std::size_t whole = std::min(text.find_first_not_of("0123456789"), text.size());
  for (std::size_t at = whole; at > 3; at -= 3) text.insert(at - 3, 1, ',');
}

}  // namespace

std::optional<std::string> format_number(double number, std::string_view format) {
  const std::optional<NumberFormat> read = read_format(format);
  if (!read) return std::nullopt;
  const bool negative = number < 0;
  std::string text = printed(*read, std::fabs(read->percent ? number * 100 : number));
  if (read->thousands) put_commas(text);
  if (read->style == 'C') text = "$" + text;
  if (read->percent) text += "%";
  if (!negative) return text;
  return read->parentheses ? "(" + text + ")" : "-" + text;
}

std::optional<std::string> format_time(double milliseconds, std::string_view format) {
  const Instant time = from_unix_ms(static_cast<std::int64_t>(milliseconds));
  const std::string text = time_text(milliseconds);  // "2026-11-28 18:30:00"
  if (format == "ISO") return to_rfc3339(time);
  if (format == "HTTP") return to_http_date(time);
  if (format == "UNIX") return number_text(std::floor(milliseconds / 1000));
  if (format == "BASIC") {
    std::string basic = to_rfc3339(time);
    std::erase_if(basic, [](char c) { return c == '-' || c == ':'; });
    return basic;
  }
  std::string date = text.substr(0, 10), clock = text.substr(std::min<std::size_t>(11, text.size()));
  bool with_date = true, with_clock = true, with_zone = false;
  if (format.size() % 2 != 0) return std::nullopt;
  for (; !format.empty(); format.remove_prefix(2)) {
    const char part = static_cast<char>(format[0] & ~0x20), which = format[1];
    if (part == 'D' && which == '2')
      date = text.substr(5, 5);
    else if (part == 'D' && which == '3')
      date = text.substr(0, 7);
    else if (part == 'T' && which == '1')
      clock = clock.substr(0, 5);
    else if (part == 'S' && which == '0')
      with_clock = false;
    else if (part == 'S' && which == '1')
      with_date = false;
    else if (part == 'Z' && which == '2')
      with_zone = true;
    else if (std::string_view("DTZS").find(part) == std::string_view::npos)
      return std::nullopt;
  }
  std::string out = with_date ? date : "";
  if (with_date && with_clock) out += " ";
  if (with_clock) out += clock;
  return with_zone && with_clock ? out + " UTC" : out;
}

}  // namespace certstead::formula
