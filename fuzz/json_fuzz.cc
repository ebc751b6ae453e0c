// Whatever parse_json accepts must survive writing and reading again. Doubles are only read to within a few
// units in the last place, so that values with one of them need not come out the same.
#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "json/json.h"
#include "json/json_object.h"

namespace {

bool has_double(const boost::json::value& value) {
  if (const auto* array = value.if_array()) return std::ranges::any_of(*array, has_double);
  if (const auto* object = value.if_object())
    return std::ranges::any_of(*object, [](const auto& member) { return has_double(member.value()); });
  return value.is_double();
}

void check_round_trip(const boost::json::value& value) {
  using namespace certstead;
  const std::string text = to_json_text(value);
  // Escapes and indentation make the text longer than the input.
  const JsonLimits limits{.max_bytes = text.size() * 64 + 64};
  const Result<boost::json::value> again = parse_json(text, limits);
  if (!again || to_json_text(*again) != text) std::abort();
  if (!parse_json(to_pretty_json(value), limits)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace certstead;
  const Result<boost::json::value> value = parse_json(view_text({data, size}));
  if (!value) return 0;
  if (!has_double(*value)) check_round_trip(*value);
  if (const Result<JsonObject> object = JsonObject::of(*value)) {
    (void)object->string("a");
    (void)object->optional_integer("a", 0, 9);
    (void)object->optional_strings("a");
    (void)object->optional_objects("a");
  }
  return 0;
}
