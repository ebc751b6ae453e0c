// The table of @functions. Their code stands in *_functions.cc by subject, and that of those which evaluate
// their arguments themselves in control_forms.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formula/value.h"

namespace certstead::formula {

class Meter;
using Args = std::vector<Value>;

// How a function gets its arguments.
enum class Form : std::uint8_t {
  kPlain,  // evaluated, and none of them an error
  kIf,
  kDo,
  kWhile,
  kDoWhile,
  kFor,
  kTransform,
  kSelect,
  kReturn,
  kSort,
  kIsError,
  kIfError,
  kIsAvailable,
  kIsUnavailable,
  kSet,
  kSetField,
  kGetField,
};

struct Function {
  std::string_view name;   // as people write it: "@Left"
  std::uint8_t least = 0;  // arguments
  std::uint8_t most = 0;   // kAny: as many as there are
  Form form = Form::kPlain;
  // kPlain. Returns an error value for wrong kinds; the caller puts name and position before its cause.
  Value (*call)(Meter&, Args&) = nullptr;
};
inline constexpr std::uint8_t kAny = 255;

// `name` in lower case, with its @. Null if there is none.
const Function* find_function(std::string_view name);
// True for functions of the source system that read or write something outside of the formula.
bool is_outside_function(std::string_view name);

// The parts of the table.
std::span<const Function> cut_functions();
std::span<const Function> text_functions();
std::span<const Function> search_functions();
std::span<const Function> list_functions();
std::span<const Function> number_functions();
std::span<const Function> time_functions();
std::span<const Function> codec_functions();

}  // namespace certstead::formula
