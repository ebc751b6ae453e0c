// Keys from their bare numbers, through the providers: no deprecated interface and no general decoder, which
// would take twenty times as long. Only for the .cc files of this module.
#pragma once

#include <openssl/ec.h>

#include <memory>
#include <optional>
#include <vector>

#include "base/key_type.h"
#include "base/secret.h"
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
// A private number, fresh and random.
SecretBytes random_scalar(const EcCurve& curve);
// The x coordinate of `scalar` times `point`: what both sides of an ECDH share (SEC 1 section 3.3.1).
// kInvalid unless `point` is on the curve.
Result<SecretBytes> shared_secret(const EcCurve& curve, BytesView point, BytesView scalar);
// The point of an EC key, encoded as the key says.
Result<Bytes> point_of(const EVP_PKEY* key);
// The private number of an EC key.
Result<SecretBytes> scalar_of(const EcCurve& curve, const EVP_PKEY* key);
// The eight numbers of an RSA private key, in the order of PKCS#1, big-endian; leading zeros stand before
// them.
Result<std::vector<SecretBytes>> rsa_pair_of(const EVP_PKEY* key);
// `point` uncompressed, on the curve. Without `scalar` a public key. Whether both belong together is not
// checked.
Result<SharedKey> make_ec_key(const EcCurve& curve, BytesView point, BytesView scalar = {});

Result<SharedKey> make_rsa_public_key(BytesView modulus, BytesView exponent);
// The eight numbers of an RSA private key, in the order of PKCS#1, big-endian.
struct RsaPairNumbers {
  BytesView modulus, exponent, secret_exponent, prime1, prime2, exponent1, exponent2, coefficient;
};
// The key, after a check that the numbers fit each other (not that the primes are prime). kInvalid.
Result<SharedKey> make_rsa_pair(const RsaPairNumbers& numbers);

// The kind of a key, if it is one that we make.
std::optional<KeyType> type_of(const EVP_PKEY* key);

}  // namespace certstead
