// Public keys as JSON Web Keys (RFC 7517, RFC 7518 section 6), and what ACME derives from them.
#pragma once

#include <string>

#include "crypto/key.h"
#include "json/json_object.h"

namespace certstead {

// The algorithm that keys of `type` sign with: "ES256", "ES384" or "RS256".
std::string_view jws_algorithm(KeyType type);

// The key's required members alone, in the order and form of RFC 7638 section 3: at once a JWK and what the
// thumbprint is made of. kInvalid for keys other than P-256, P-384 and RSA.
Result<std::string> jwk_text(const PublicKey& key);
// SHA-256 thumbprint, base64url.
Result<std::string> jwk_thumbprint(const PublicKey& key);
// "TOKEN.THUMBPRINT" (RFC 8555 section 8.1).
Result<std::string> key_authorization(std::string_view token, const PublicKey& account_key);

// Reads a public key: EC on P-256 or P-384, or RSA of 2048, 3072 or 4096 bits. kInvalid for private or
// symmetric keys, points off the curve, numbers that are not of minimal length, weak RSA (exponent below 3 or
// even, ROCA), and when "use", "key_ops" or "alg" say that it is for anything but verifying with
// jws_algorithm().
Result<PublicKey> read_jwk(const JsonObject& jwk);

}  // namespace certstead
