// Private keys in DER and PEM, public keys in DER: whatever reads must survive its own form and sign.
#include <algorithm>
#include <cstdlib>

#include "crypto/key.h"

using namespace certstead;

namespace {

void require(bool ok) {
  if (!ok) std::abort();
}

void check(const PrivateKey& key) {
  const auto again = PrivateKey::from_der(key.to_der().reveal());
  require(again && again->type() == key.type() && again->public_key().same_as(key.public_key()));
  const auto signature = key.sign(view_bytes("message"));
  if (signature) key.public_key().verify(view_bytes("message"), *signature);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView input(data, size);
  if (const auto key = PrivateKey::from_der(input)) check(*key);
  if (const auto key = PrivateKey::from_pem(input)) {
    check(*key);
    // What comes from outside was tried: its halves belong together.
    require(key->public_key().verify(view_bytes("m"), key->sign(view_bytes("m")).value()));
    require(PrivateKey::from_pem(key->to_pkcs8_pem().reveal()).has_value());
  }
  if (const auto key = PublicKey::from_spki(input)) {
    key->verify(view_bytes("m"), input);
    key->verify_jws(view_bytes("m"), input);
    if (const auto at = key->ec_coordinates())
      require(PublicKey::from_ec_coordinates(key->type().value(), at->x, at->y).has_value());
    if (const auto numbers = key->rsa_numbers())
      (void)PublicKey::from_rsa_numbers(numbers->modulus, numbers->exponent);
  }
  return 0;
}
