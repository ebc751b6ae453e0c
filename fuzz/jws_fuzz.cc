// Signed messages from outside: the message itself, and the same bytes as a protected header.
#include <boost/json/value.hpp>

#include "base/encoding.h"
#include "jose/jwk.h"
#include "jose/jws.h"
#include "json/json.h"

namespace {

using namespace certstead;

void must_hold(bool held) {
  if (!held) __builtin_trap();
}

// A key that was read can be written, and is the same key again.
void check_key(const PublicKey& key) {
  const auto text = jwk_text(key);
  must_hold(text.has_value());
  const auto value = parse_json(*text);
  must_hold(value.has_value());
  const auto again = read_jwk(JsonObject::of(*value).value());
  must_hold(again && again->same_as(key));
}

void read(std::string_view text) {
  const auto jws = read_jws(text);
  if (!jws) return;
  if (jws->jwk) {
    check_key(*jws->jwk);
    (void)verify_jws(*jws, *jws->jwk);
  }
  (void)verify_jws_hs256(*jws, SecretBytes(Bytes(32, 1)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read(view_text({data, size}));
  read(R"({"protected":")" + base64url_encode({data, size}) + R"(","payload":"e30","signature":"AAAA"})");
  return 0;
}
