#include "formula/functions.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "base/text.h"

namespace certstead::formula {
namespace {

constexpr Function kForms[] = {
    {"@If", 3, kAny, Form::kIf},
    {"@Do", 1, kAny, Form::kDo},
    {"@While", 2, kAny, Form::kWhile},
    {"@DoWhile", 2, kAny, Form::kDoWhile},
    {"@For", 4, kAny, Form::kFor},
    {"@Transform", 3, 3, Form::kTransform},
    {"@Select", 2, kAny, Form::kSelect},
    {"@Return", 1, 1, Form::kReturn},
    {"@Sort", 1, 3, Form::kSort},
    {"@IsError", 1, 1, Form::kIsError},
    {"@IfError", 1, 2, Form::kIfError},
    {"@IsAvailable", 1, 1, Form::kIsAvailable},
    {"@IsUnavailable", 1, 1, Form::kIsUnavailable},
    {"@Set", 2, 2, Form::kSet},
    {"@SetField", 2, 2, Form::kSetField},
    {"@GetField", 1, 1, Form::kGetField},
};

using Table = std::map<std::string, const Function*, std::less<>>;

Table make_table() {
  Table table;
  const std::span<const Function> parts[] = {
      kForms,           cut_functions(),    text_functions(), search_functions(),
      list_functions(), number_functions(), time_functions(), codec_functions()};
  for (const auto part : parts)
    for (const Function& function : part) table.emplace(lower_ascii(function.name), &function);
  return table;
}

}  // namespace

const Function* find_function(std::string_view name) {
  static const Table table = make_table();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

bool is_outside_function(std::string_view name) {
  static constexpr std::array<std::string_view, 24> kOutside = {
      "@command",     "@dbcolumn",       "@dbcommand",  "@dblookup",      "@dbname",      "@dialogbox",
      "@environment", "@setenvironment", "@eval",       "@formula",       "@getdocfield", "@setdocfield",
      "@mailsend",    "@password",       "@picklist",   "@postedcommand", "@prompt",      "@random",
      "@urlopen",     "@username",       "@v3username", "@ddeinitiate",   "@platform",    "@version"};
  return std::ranges::find(kOutside, name) != kOutside.end();
}

}  // namespace certstead::formula
