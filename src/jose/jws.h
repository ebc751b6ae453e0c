// Flattened JSON Web Signatures (RFC 7515 section 7.2.2) as ACME uses them (RFC 8555 section 6.2).
#pragma once

#include <optional>
#include <string>

#include "crypto/key.h"

namespace certstead {

// What is signed beside the payload. Empty members are left out.
struct JwsHeader {
  std::string url, nonce;
  // URL of the account, or the CA's id of an external account key. Empty: the signer's public key goes in as
  // "jwk".
  std::string kid;
};

// The message as JSON text. `payload` goes in as it is; empty for POST-as-GET. The header's strings must be
// UTF-8.
Result<std::string> sign_jws(const PrivateKey& key, const JwsHeader& header, std::string_view payload);
// With HS256; `header.kid` must be set. kInvalid for an empty key.
Result<std::string> sign_jws_hs256(const SecretBytes& key, const JwsHeader& header, std::string_view payload);

// A message that was read and not verified yet.
struct Jws {
  std::string algorithm;  // "ES256", "ES384", "RS256" or "HS256"
  std::string url, nonce, kid;
  std::optional<PublicKey> jwk;
  std::string payload;
  Bytes signature;
  std::string signing_input;  // what the signature is over
};

inline constexpr std::size_t kMaxJws = std::size_t{256} * 1024;

// Reads a flattened message of at most kMaxJws bytes. kInvalid for anything else than exactly "protected",
// "payload" and "signature" in strict base64url, for "crit", "b64", other algorithms, both of "jwk" and
// "kid", and keys that read_jwk() refuses. Further header members are passed over.
Result<Jws> read_jws(std::string_view text);

// kDenied unless `jws` is signed by `key` with the algorithm of that key.
Status verify_jws(const Jws& jws, const PublicKey& key);
// kDenied unless it is an HS256 message under `key`; keys of less than 32 bytes are refused (RFC 7518
// section 3.2).
Status verify_jws_hs256(const Jws& jws, const SecretBytes& key);

}  // namespace certstead
