// Private and public keys. Cheap to copy (reference counted); safe to use from several threads at once.
#pragma once

#include <memory>
#include <optional>

#include "base/key_type.h"
#include "base/secret.h"
#include "crypto/openssl.h"

namespace certstead {

class PublicKey {
 public:
  explicit PublicKey(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)) {}
  // SubjectPublicKeyInfo (RFC 5280 section 4.1).
  static Result<PublicKey> from_spki(BytesView der);
  // From the coordinates of a JWK: P-256 or P-384 (x, y big-endian, of the curve's length). kInvalid if off
  // the curve.
  static Result<PublicKey> from_ec_coordinates(KeyType curve, BytesView x, BytesView y);
  static Result<PublicKey> from_rsa_numbers(BytesView modulus, BytesView exponent);

  Bytes spki() const;
  // Nothing for kinds that we don't make (Ed25519, other curves, odd RSA sizes).
  std::optional<KeyType> type() const;
  bool same_as(const PublicKey& other) const;
  // Verifies what PrivateKey::sign made: ECDSA with SHA-256 (P-256) or SHA-384 (P-384) in DER, RSA PKCS#1
  // v1.5 with SHA-256.
  bool verify(BytesView message, BytesView signature) const;
  // The same with the signature as JWS wants it (RFC 7518 section 3.4): r and s side by side; RSA unchanged.
  bool verify_jws(BytesView message, BytesView signature) const;
  // Affine coordinates, each of the curve's length. kInvalid if this is no EC key.
  struct Coordinates {
    Bytes x, y;
  };
  Result<Coordinates> ec_coordinates() const;
  struct RsaNumbers {
    Bytes modulus, exponent;
  };
  Result<RsaNumbers> rsa_numbers() const;
  EVP_PKEY* native() const { return key_.get(); }

 private:
  std::shared_ptr<EVP_PKEY> key_;
};

class PrivateKey {
 public:
  // Blocks for the making: P-256 66 us, RSA-2048 about 0.35 s, RSA-4096 about 3 s.
  static Result<PrivateKey> generate(KeyType type);
  // PKCS#8, SEC 1 (RFC 5915) or PKCS#1, unencrypted. SEC 1 and PKCS#1 take the fast typed way (31 us for
  // P-256, where the general decoder takes 1 ms). kInvalid on anything else and on kinds that we don't hold.
  static Result<PrivateKey> from_der(BytesView der);
  // Any unencrypted PEM form of the same three, the first in a text of at most 4 MiB. Keys from here and from
  // PKCS#8 sign once for trial, so that a mixed-up or damaged one is refused (0.2 ms for P-256, 1 ms for
  // RSA-2048). kInvalid.
  static Result<PrivateKey> from_pem(BytesView pem);
  explicit PrivateKey(std::shared_ptr<EVP_PKEY> key, KeyType type) : key_(std::move(key)), type_(type) {}

  // SEC 1 for EC with named curve and public key, PKCS#1 for RSA: the compact form that from_der reads fast.
  SecretBytes to_der() const;
  // PKCS#8 PEM, unencrypted. For identity files and for what is deployed.
  SecretBytes to_pkcs8_pem() const;
  KeyType type() const { return type_; }
  PublicKey public_key() const { return PublicKey(key_); }
  // ECDSA with SHA-256 (P-256) or SHA-384 (P-384) in DER; RSA PKCS#1 v1.5 with SHA-256.
  Result<Bytes> sign(BytesView message) const;
  // As JWS wants it: ES256, ES384 (r and s side by side), RS256.
  Result<Bytes> sign_jws(BytesView message) const;
  EVP_PKEY* native() const { return key_.get(); }

 private:
  std::shared_ptr<EVP_PKEY> key_;
  KeyType type_;
};

}  // namespace certstead
