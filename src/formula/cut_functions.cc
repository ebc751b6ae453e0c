// Functions that take a part out of a text.
#include <cmath>

#include "base/text.h"
#include "formula/function_parts.h"

namespace certstead::formula {

static bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

std::size_t length_utf8(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += is_continuation(c) ? 0 : 1;
  return count;
}

std::size_t offset_utf8(std::string_view text, double count) {
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    if (is_continuation(text[i])) continue;
    if (count < 1) break;
    --count;
  }
  return i;
}

namespace {

constexpr auto npos = std::string::npos;

// Where to cut: at a number of characters or at a text.
struct Cut {
  const std::string* mark = nullptr;
  double count = 0;
};

std::optional<Cut> cut_of(const Value& value) {
  if (value.is_text()) return Cut{&value.texts()[0], 0};
  if (value.is_number()) return Cut{nullptr, std::trunc(value.numbers()[0])};
  return std::nullopt;
}

template <class ByMark, class ByCount>
Value cut_each(Meter& meter, const Args& args, ByMark by_mark, ByCount by_count) {
  const std::optional<Cut> cut = cut_of(args[1]);
  if (!cut) return Value::error("the second argument must be text or a number");
  return each_text(meter, args[0], [&](const std::string& text) {
    if (cut->mark != nullptr) return by_mark(text, *cut->mark);
    return cut->count < 0 ? text : by_count(text, cut->count);
  });
}

std::string up_to(const std::string& text, std::size_t end) { return end == npos ? "" : text.substr(0, end); }
std::string behind(const std::string& text, std::size_t at, std::size_t size) {
  return at == npos ? "" : text.substr(at + size);
}
double characters_left(const std::string& text, double count) {
  return std::max(0.0, static_cast<double>(length_utf8(text)) - count);
}

Value left(Meter& meter, Args& args) {
  return cut_each(
      meter, args,
      [](const std::string& text, const std::string& mark) { return up_to(text, text.find(mark)); },
      [](const std::string& text, double count) { return text.substr(0, offset_utf8(text, count)); });
}

// By number: without that many characters at the end.
Value left_back(Meter& meter, Args& args) {
  return cut_each(
      meter, args,
      [](const std::string& text, const std::string& mark) { return up_to(text, text.rfind(mark)); },
      [](const std::string& text, double count) {
        return text.substr(0, offset_utf8(text, characters_left(text, count)));
      });
}

Value right(Meter& meter, Args& args) {
  return cut_each(
      meter, args,
      [](const std::string& text, const std::string& mark) {
        return behind(text, text.find(mark), mark.size());
      },
      [](const std::string& text, double count) {
        return text.substr(offset_utf8(text, characters_left(text, count)));
      });
}

// By number: without that many characters at the beginning.
Value right_back(Meter& meter, Args& args) {
  return cut_each(
      meter, args,
      [](const std::string& text, const std::string& mark) {
        return behind(text, text.rfind(mark), mark.size());
      },
      [](const std::string& text, double count) { return text.substr(offset_utf8(text, count)); });
}

// From `start` to the right: up to a text, or so many characters; a negative number goes to the left.
std::string middle_from(const std::string& text, std::size_t start, const Cut& end) {
  const std::string rest = text.substr(start);
  if (end.mark != nullptr) return up_to(rest, rest.find(*end.mark));
  if (end.count >= 0) return rest.substr(0, offset_utf8(rest, end.count));
  const std::string before = text.substr(0, start);
  return before.substr(offset_utf8(before, characters_left(before, -end.count)));
}

Value middle(Meter& meter, Args& args) {
  const std::optional<Cut> begin = cut_of(args[1]), end = cut_of(args[2]);
  if (!begin || !end) return Value::error("where to cut must be said by text or numbers");
  return each_text(meter, args[0], [&](const std::string& text) -> std::string {
    if (begin->mark == nullptr) return middle_from(text, offset_utf8(text, begin->count), *end);
    const std::size_t at = text.find(*begin->mark);
    return at == npos ? "" : middle_from(text, at + begin->mark->size(), *end);
  });
}

// The same, seen from the end of the text: what stands before the last occurrence of the first text, or
// before so many characters, back to the second text or over so many characters.
Value middle_back(Meter& meter, Args& args) {
  const std::optional<Cut> begin = cut_of(args[1]), end = cut_of(args[2]);
  if (!begin || !end) return Value::error("where to cut must be said by text or numbers");
  return each_text(meter, args[0], [&](const std::string& text) -> std::string {
    const std::size_t at = begin->mark != nullptr
                               ? text.rfind(*begin->mark)
                               : offset_utf8(text, characters_left(text, std::fabs(begin->count)));
    if (at == npos) return "";
    const std::string before = text.substr(0, at);
    if (end->mark != nullptr) return behind(before, before.rfind(*end->mark), end->mark->size());
    return before.substr(offset_utf8(before, characters_left(before, std::fabs(end->count))));
  });
}

// Word number `wanted` from 1, or from -1 counted from the end; "" if there is none.
std::string word_of(const std::string& text, const std::string& separator, double wanted) {
  std::vector<std::string_view> words;
  std::string_view rest = text;
  while (!separator.empty()) {
    const std::size_t at = rest.find(separator);
    if (at == std::string_view::npos) break;
    words.push_back(rest.substr(0, at));
    rest.remove_prefix(at + separator.size());
  }
  words.push_back(rest);
  const auto count = static_cast<double>(words.size());
  const double index = wanted < 0 ? count + wanted : wanted - 1;
  return index < 0 || index >= count ? "" : std::string(words[static_cast<std::size_t>(index)]);
}

Value word(Meter& meter, Args& args) {
  if (!args[1].is_text()) return wants_text("the separator");
  if (!args[2].is_number()) return wants_number("the number of the word");
  if (!meter.take(args[0].bytes() * 16)) return {};  // the views of its words
  return each_text(meter, args[0], [&](const std::string& text) {
    return word_of(text, args[1].texts()[0], std::trunc(args[2].numbers()[0]));
  });
}

constexpr Function kFunctions[] = {
    {"@Left", 2, 2, Form::kPlain, left},     {"@LeftBack", 2, 2, Form::kPlain, left_back},
    {"@Right", 2, 2, Form::kPlain, right},   {"@RightBack", 2, 2, Form::kPlain, right_back},
    {"@Middle", 3, 3, Form::kPlain, middle}, {"@MiddleBack", 3, 3, Form::kPlain, middle_back},
    {"@Word", 3, 3, Form::kPlain, word},
};

}  // namespace

std::span<const Function> cut_functions() { return kFunctions; }

}  // namespace certstead::formula
