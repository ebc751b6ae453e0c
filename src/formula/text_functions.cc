// Functions that make a text out of a text or a number.
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "formula/function_parts.h"
#include "formula/number_format.h"

namespace certstead::formula {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

Value text_of(Meter& meter, Args& args) {
  if (args[0].is_text()) return std::move(args[0]);
  if (args.size() > 1 && !args[1].is_text()) return wants_text("the format");
  const std::string format = args.size() > 1 ? args[1].texts()[0] : "";
  TextList out(meter);
  for (const double number : args[0].numbers()) {
    const std::optional<std::string> text =
        args[0].is_time() ? format_time(number, format) : format_number(number, format);
    if (!text) return Value::error("the format '" + printable(format, 40) + "' is not known");
    if (!out.add(*text)) return {};
  }
  return out.done();
}

// The whole of a text as a number, blanks around it apart.
Value to_number(Meter& meter, Args& args) {
  if (args[0].is_number()) return std::move(args[0]);
  if (!args[0].is_text()) return wants_text("the argument");
  std::vector<double> out;
  for (const std::string& text : args[0].texts()) {
    if (!meter.step() || !meter.take(sizeof(double))) return {};
    std::string_view digits = trim(text);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    double number = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (fault != std::errc() || end != digits.data() + digits.size() || !std::isfinite(number))
      return Value::error("'" + printable(text, 40) + "' is no number");
    out.push_back(number);
  }
  return Value::numbers(std::move(out));
}

std::string lowered(const std::string& text) { return lower_ascii(text); }
std::string raised(std::string text) {
  for (char& c : text) c = upper(c);
  return text;
}
std::string proper(std::string text) {
  bool inside = false;
  for (char& c : text) {
    c = inside ? lower(c) : upper(c);
    inside = is_letter(c) || c == '\'' || (c >= '0' && c <= '9');
  }
  return text;
}

Value lower_case(Meter& meter, Args& args) { return each_text(meter, args[0], lowered); }
Value upper_case(Meter& meter, Args& args) { return each_text(meter, args[0], raised); }
Value proper_case(Meter& meter, Args& args) { return each_text(meter, args[0], proper); }

Value length(Meter& meter, Args& args) {
  if (!args[0].is_text()) return wants_text("the argument");
  std::vector<double> out;
  for (const std::string& text : args[0].texts()) {
    if (!meter.step(1 + text.size() / 64) || !meter.take(sizeof(double))) return {};
    out.push_back(static_cast<double>(length_utf8(text)));
  }
  return Value::numbers(std::move(out));
}

std::string utf8_of(std::uint32_t code) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0U | (code >> 6U)), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xE0U | (code >> 12U)), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | (code >> 18U)), tail(12), tail(6), tail(0)};
}

Value character(Meter& meter, Args& args) {
  if (!args[0].is_number()) return wants_number("the argument");
  TextList out(meter);
  for (const double number : args[0].numbers()) {
    const bool surrogate = number >= 0xD800 && number <= 0xDFFF;
    if (!(number >= 1 && number <= 0x10FFFF) || surrogate || number != std::trunc(number))
      return Value::error(number_text(number) + " is no character");
    if (!out.add(utf8_of(static_cast<std::uint32_t>(number)))) return {};
  }
  return out.done();
}

Value new_line(Meter&, Args&) { return {"\n"}; }

Value repeat(Meter& meter, Args& args) {
  if (!args[0].is_text()) return wants_text("the first argument");
  if (!args[1].is_number() || args[1].numbers()[0] < 0) return wants_number("how often, not negative,");
  const double most = args.size() > 2 && args[2].is_number() ? args[2].numbers()[0] : 1e18;
  TextList out(meter);
  for (const std::string& text : args[0].texts()) {
    const double size = std::trunc(args[1].numbers()[0]) * static_cast<double>(text.size());
    // Refused before it is made.
    if (size > 1e9 && !meter.take(std::size_t{1} << 60U)) return {};
    std::string repeated;
    if (!meter.take(static_cast<std::size_t>(size))) return {};
    for (double i = 0; !text.empty() && i < std::trunc(args[1].numbers()[0]); ++i) repeated += text;
    if (!out.add(repeated.substr(0, offset_utf8(repeated, most)))) return {};
  }
  return out.done();
}

// Without blanks at both ends, inner blanks squeezed to one.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

Value trimmed(Meter& meter, Args& args) {
  if (!args[0].is_text()) return wants_text("the argument");
  TextList out(meter);
  for (const std::string& text : args[0].texts()) {
    std::string squeezed_text = squeezed(text);
    if (!squeezed_text.empty() && !out.add(std::move(squeezed_text))) return {};
    if (!meter.step(1 + text.size() / 64)) return {};
  }
  return out.done();
}

// Nothing once the budget is spent.
std::optional<std::string> replaced(Meter& meter, const std::string& text, const std::string& from,
                                    const std::string& to) {
  std::string out;
  std::size_t begin = 0;
  if (!meter.step(1 + text.size() / 32)) return std::nullopt;
  while (!from.empty()) {
    const std::size_t at = text.find(from, begin);
    if (at == std::string::npos) break;
    if (!meter.step(1 + to.size() / 64) || !meter.take(at - begin + to.size())) return std::nullopt;
    out.append(text, begin, at - begin).append(to);
    begin = at + from.size();
  }
  return out.append(text, begin);
}

// Each text of the second list by the one of the third, one after another on what came out.
Value replace_substring(Meter& meter, Args& args) {
  if (!args[0].is_text() || !args[1].is_text() || !args[2].is_text()) return wants_text("each argument");
  TextList out(meter);
  for (const std::string& source : args[0].texts()) {
    std::string text = source;
    for (std::size_t i = 0; i < args[1].size(); ++i) {
      const std::string& to = args[2].texts()[std::min(i, args[2].size() - 1)];
      std::optional<std::string> next = replaced(meter, text, args[1].texts()[i], to);
      if (!next) return {};
      text = std::move(*next);
    }
    if (!out.add(std::move(text))) return {};
  }
  return out.done();
}

// Whole elements; where the third list is too short, by "".
Value replace(Meter& meter, Args& args) {
  if (!args[0].is_text() || !args[1].is_text() || !args[2].is_text()) return wants_text("each argument");
  TextList out(meter);
  for (const std::string& text : args[0].texts()) {
    std::size_t i = 0;
    while (i < args[1].size() && args[1].texts()[i] != text) ++i;
    if (!meter.step(1 + i)) return {};
    if (i == args[1].size() ? !out.add(text) : !out.add(i < args[2].size() ? args[2].texts()[i] : ""))
      return {};
  }
  return out.done();
}

constexpr Function kFunctions[] = {
    {"@Text", 1, 2, Form::kPlain, text_of},
    {"@TextToNumber", 1, 1, Form::kPlain, to_number},
    {"@ToNumber", 1, 1, Form::kPlain, to_number},
    {"@LowerCase", 1, 1, Form::kPlain, lower_case},
    {"@UpperCase", 1, 1, Form::kPlain, upper_case},
    {"@ProperCase", 1, 1, Form::kPlain, proper_case},
    {"@Length", 1, 1, Form::kPlain, length},
    {"@Char", 1, 1, Form::kPlain, character},
    {"@NewLine", 0, 0, Form::kPlain, new_line},
    {"@Repeat", 2, 3, Form::kPlain, repeat},
    {"@Trim", 1, 1, Form::kPlain, trimmed},
    {"@ReplaceSubstring", 3, 3, Form::kPlain, replace_substring},
    {"@Replace", 3, 3, Form::kPlain, replace},
};

}  // namespace

std::span<const Function> text_functions() { return kFunctions; }

}  // namespace certstead::formula
