// Whatever parse_json accepts must survive writing and reading again.
#include <cstdlib>

#include "base/bytes.h"
#include "json/json.h"
#include "json/json_object.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace certstead;
  const Result<boost::json::value> value = parse_json(view_text({data, size}));
  if (!value) return 0;
  const std::string text = to_json_text(*value);
  // Escapes make the text longer than the input, so that the size is left open here.
  const JsonLimits limits{.max_bytes = text.size() * 64 + 64};
  const Result<boost::json::value> again = parse_json(text, limits);
  if (!again || to_json_text(*again) != text) std::abort();
  if (!parse_json(to_pretty_json(*value), limits)) std::abort();
  if (const Result<JsonObject> object = JsonObject::of(*value)) {
    (void)object->string("a");
    (void)object->optional_integer("a", 0, 9);
    (void)object->optional_strings("a");
    (void)object->optional_objects("a");
  }
  return 0;
}
