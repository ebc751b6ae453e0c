// What functions have in common.
#pragma once

#include <optional>
#include <string>

#include "formula/functions.h"
#include "formula/meter.h"

namespace certstead::formula {

inline Value wants_text(std::string_view which) { return Value::error(std::string(which) + " must be text"); }
inline Value wants_number(std::string_view which) {
  return Value::error(std::string(which) + " must be a number");
}

// Applies `change` (std::string(const std::string&)) to each element of a list of texts. What `change` makes
// is at most `growth` times as long as what it is given.
template <class F>
Value each_text(Meter& meter, const Value& list, F change, std::size_t growth = 1) {
  if (!list.is_text()) return wants_text("the argument");
  TextList out(meter);
  for (const std::string& text : list.texts()) {
    if (!meter.step(1 + text.size() / 64)) return {};
    // Refused before it is made, and counted when it is.
    if (growth > 1 && !meter.take(text.size() * (growth - 1))) return {};
    if (!out.add(change(text))) return {};
  }
  return out.done();
}

template <class F>
Value each_number(Meter& meter, const Value& list, F change) {
  if (!list.is_number()) return wants_number("the argument");
  std::vector<double> out;
  for (const double number : list.numbers()) {
    if (!meter.step() || !meter.take(sizeof(double))) return {};
    out.push_back(change(number));
  }
  return Value::numbers(std::move(out));
}

// How many characters of UTF-8 there are; each broken byte sequence counts by its leading bytes.
std::size_t length_utf8(std::string_view text);
// Where the character number `count`, from 0, begins; the size of `text` if it has fewer.
std::size_t offset_utf8(std::string_view text, double count);

}  // namespace certstead::formula
