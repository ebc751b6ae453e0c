// Keys from their bare numbers, through the providers: no deprecated interface and no general decoder, which
// would take twenty times as long. Only for the .cc files of this module.
#pragma once

#include <openssl/ec.h>

#include <initializer_list>
#include <memory>
#include <optional>

#include "base/key_type.h"
#include "crypto/openssl.h"

namespace certstead {

using SharedKey = std::shared_ptr<EVP_PKEY>;

struct EcCurve {
  KeyType type;
  const char* name;    // as OpenSSL calls it
  std::size_t length;  // of a coordinate, and of the private number
  BytesView oid;       // content octets
};
// Null unless `type` is P-256 or P-384.
const EcCurve* curve_of(KeyType type);
const EcCurve* curve_with_oid(BytesView oid);

// The uncompressed point that belongs to the private number `scalar`. kInvalid unless 0 < scalar < order.
Result<Bytes> public_point(const EcCurve& curve, BytesView scalar);
// `point` uncompressed, on the curve. Without `scalar` a public key. Whether both belong together is not
// checked.
Result<SharedKey> make_ec_key(const EcCurve& curve, BytesView point, BytesView scalar = {});

struct RsaNumber {
  const char* name;     // OSSL_PKEY_PARAM_RSA_...
  BytesView magnitude;  // big-endian, not empty
};
enum class RsaPart { kPublic, kPair };
Result<SharedKey> make_rsa_key(RsaPart part, std::initializer_list<RsaNumber> numbers);

// The kind of a key, if it is one that we make.
std::optional<KeyType> type_of(const EVP_PKEY* key);

}  // namespace certstead
