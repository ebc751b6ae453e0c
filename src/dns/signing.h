// What providers want signed, as pure functions.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "net/http_client.h"
#include "net/http_message.h"

namespace certstead {

// Signature and digest methods by the names that recipes use.
enum class Digest {
  kSha1,        // "sha1": a plain hash, the secret stands in the message (OVH)
  kHmacSha1,    // "hmac-sha1"
  kHmacSha256,  // "hmac-sha256"
  kHmacSha512,  // "hmac-sha512"
  kRsaSha256,   // "rsa-sha256": PKCS#1 v1.5, the key is PEM
  kRsaSha512,   // "rsa-sha512"
};
// kInvalid, listing the names.
Result<Digest> parse_digest(std::string_view name);

// kInvalid for a PEM key that can't be read.
Result<Bytes> make_signature(Digest digest, const SecretBytes& key, std::string_view message);

struct AwsKey {
  std::string access_key_id, region, service;
  std::string session_token;  // "" for none
  SecretBytes secret_key;
};
// Adds X-Amz-Date, X-Amz-Security-Token and Authorization of AWS Signature Version 4 over method, URL, body
// and every header that is there already. kInvalid for a URL that can't be read.
Status sign_aws_v4(HttpRequest& request, const AwsKey& key, Instant now);

// A JWT (RFC 7519) signed with RS256. `claims` is JSON text; `key_id` may be "". kInvalid for a key that is
// not RSA.
Result<std::string> make_jwt_rs256(const SecretBytes& key_pem, std::string_view key_id,
                                   std::string_view claims);

}  // namespace certstead
