#include <boost/json/value.hpp>

#include "base/encoding.h"
#include "base/text.h"
#include "jose/jwk.h"
#include "jose/jws.h"
#include "json/json.h"

namespace certstead {
namespace {

constexpr JsonLimits kLimits{kMaxJws, 8};

Result<Bytes> decoded(const JsonObject& message, std::string_view name, std::string& coded) {
  TRY(coded, message.string(name));
  auto bytes = base64url_decode(coded);
  if (!bytes) return bytes.error().within("The message's \"" + std::string(name) + "\"");
  return bytes;
}

Status read_signer(const JsonObject& header, Jws& jws) {
  TRY(const auto kid, header.optional_string("kid"));
  TRY(const auto jwk, header.optional_object("jwk"));
  if (kid && jwk)
    return invalid("The message names its key twice, by \"kid\" and by \"jwk\".", "jws-two-keys");
  jws.kid = kid.value_or("");
  if (jwk) {
    TRY(jws.jwk, read_jwk(*jwk));
  }
  return Done{};
}

Status read_header(std::string_view text, Jws& jws) {
  TRY(const boost::json::value value, parse_json(text, kLimits));
  TRY(const JsonObject header, JsonObject::of(value));
  for (const char* name : {"crit", "b64"})
    if (header.has(name))
      return invalid("The message uses \"" + std::string(name) + "\", which is not supported.",
                     "jws-extension");
  TRY(jws.algorithm, header.string("alg"));
  if (jws.algorithm != "ES256" && jws.algorithm != "ES384" && jws.algorithm != "RS256" &&
      jws.algorithm != "HS256")
    return invalid(
        "The message is signed with \"" + printable(jws.algorithm, 40) + "\"; use ES256, ES384 or RS256.",
        "jws-algorithm");
  TRY(const auto nonce, header.optional_string("nonce"));
  TRY(const auto url, header.optional_string("url"));
  jws.nonce = nonce.value_or("");
  jws.url = url.value_or("");
  return read_signer(header, jws);
}

}  // namespace

Result<Jws> read_jws(std::string_view text) {
  TRY(const boost::json::value value, parse_json(text, kLimits));
  TRY(const JsonObject message, JsonObject::of(value));
  if (message.members().size() != 3)
    return invalid("A signed message has exactly the members protected, payload and signature.",
                   "jws-members");
  Jws jws;
  std::string head, body, signature;
  TRY(const Bytes header, decoded(message, "protected", head));
  TRY(const Bytes payload, decoded(message, "payload", body));
  TRY(jws.signature, decoded(message, "signature", signature));
  if (jws.signature.empty()) return invalid("The message has an empty signature.", "jws-signature");
  jws.payload = to_text(payload);
  jws.signing_input = head + "." + body;
  CHECK_OK(read_header(view_text(header), jws));
  return jws;
}

}  // namespace certstead
