#include "jose/jws.h"

#include <boost/json/value.hpp>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "jose/jwk.h"
#include "json/json.h"

namespace certstead {
namespace {

// `jwk` is JSON text already; "" for none.
std::string header_text(std::string_view algorithm, const JwsHeader& header, std::string_view jwk) {
  boost::json::object members;
  members["alg"] = algorithm;
  if (!header.kid.empty()) members["kid"] = header.kid;
  if (!header.nonce.empty()) members["nonce"] = header.nonce;
  if (!header.url.empty()) members["url"] = header.url;
  std::string text = to_json_text(members);
  if (!jwk.empty()) text.insert(text.size() - 1, std::string(",\"jwk\":").append(jwk));
  return text;
}

std::string message_text(std::string_view head, std::string_view body, BytesView signature) {
  return std::string(R"({"protected":")").append(head) + R"(","payload":")" + std::string(body) +
         R"(","signature":")" + base64url_encode(signature) + "\"}";
}

}  // namespace

Result<std::string> sign_jws(const PrivateKey& key, const JwsHeader& header, std::string_view payload) {
  std::string jwk;
  if (header.kid.empty()) {
    TRY(jwk, jwk_text(key.public_key()));
  }
  const std::string head = base64url_encode(view_bytes(header_text(jws_algorithm(key.type()), header, jwk)));
  const std::string body = base64url_encode(view_bytes(payload));
  TRY(const Bytes signature, key.sign_jws(view_bytes(head + "." + body)));
  return message_text(head, body, signature);
}

Result<std::string> sign_jws_hs256(const SecretBytes& key, const JwsHeader& header,
                                   std::string_view payload) {
  if (key.empty() || header.kid.empty())
    return invalid("An external account binding needs the key id and the HMAC key that the CA gave.",
                   "eab-needed");
  const std::string head = base64url_encode(view_bytes(header_text("HS256", header, {})));
  const std::string body = base64url_encode(view_bytes(payload));
  return message_text(head, body, hmac_sha256(key, view_bytes(head + "." + body)));
}

Status verify_jws(const Jws& jws, const PublicKey& key) {
  const std::optional<KeyType> type = key.type();
  if (!type || jws.algorithm != jws_algorithm(*type))
    return denied("The message names another signature algorithm than its key has.", "jws-algorithm");
  if (!key.verify_jws(view_bytes(jws.signing_input), jws.signature))
    return denied("The message's signature does not fit its content and key.", "jws-signature");
  return Done{};
}

Status verify_jws_hs256(const Jws& jws, const SecretBytes& key) {
  if (jws.algorithm != "HS256") return denied("The message is not signed with HS256.", "jws-algorithm");
  if (key.size() < 32) return denied("The HMAC key is shorter than 32 bytes.", "jws-short-key");
  if (!equal_constant_time(hmac_sha256(key, view_bytes(jws.signing_input)), jws.signature))
    return denied("The message's signature does not fit its content and key.", "jws-signature");
  return Done{};
}

}  // namespace certstead
