#include "crypto/key_strength.h"

#include <openssl/bn.h>

#include <array>
#include <string_view>

#include "base/text.h"
#include "crypto/openssl.h"
#include "crypto/roca.h"

namespace certstead {
namespace {

constexpr std::size_t kLeastBits = 2048;
constexpr std::size_t kMostBits = 8192;
constexpr int kMostExponentBits = 256;
constexpr int kFermatRounds = 100;
constexpr BN_ULONG kSmallFactors = 1000;

using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using BigContext = std::unique_ptr<BN_CTX, Freed<BN_CTX_free>>;

Error weak(const std::string& why) { return invalid("the key is refused: " + why, "csr-key"); }

BigNumber number_of(BytesView octets) {
  return BigNumber(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
}

// Newton's method from above; BN has no root of its own.
BigNumber root_of(const BIGNUM* n, BN_CTX* context) {
  BigNumber x(BN_new());
  const BigNumber next(BN_new());
  BN_set_bit(x.get(), (BN_num_bits(n) + 1) / 2 + 1);
  for (;;) {
    BN_div(next.get(), nullptr, n, x.get(), context);
    BN_add(next.get(), next.get(), x.get());
    BN_rshift1(next.get(), next.get());
    if (BN_cmp(next.get(), x.get()) >= 0) return x;
    BN_copy(x.get(), next.get());
  }
}

// Most numbers that are no squares show it by their remainders.
bool may_be_square(const BIGNUM* n) {
  for (const BN_ULONG modulus : {64UL, 63UL, 65UL, 11UL, 17UL, 19UL}) {
    const BN_ULONG rest = BN_mod_word(n, modulus);
    bool found = false;
    for (BN_ULONG i = 0; i <= modulus / 2 && !found; ++i) found = i * i % modulus == rest;
    if (!found) return false;
  }
  return true;
}

bool has_close_primes(const BIGNUM* n) {
  const BigContext context(BN_CTX_new());
  const BigNumber a = root_of(n, context.get());
  const BigNumber rest(BN_new());
  const BigNumber square(BN_new());
  for (int i = 0; i <= kFermatRounds; ++i, BN_add_word(a.get(), 1)) {
    BN_sqr(rest.get(), a.get(), context.get());
    BN_sub(rest.get(), rest.get(), n);
    if (BN_is_negative(rest.get()) != 0 || !may_be_square(rest.get())) continue;
    const BigNumber b = root_of(rest.get(), context.get());
    BN_sqr(square.get(), b.get(), context.get());
    if (BN_cmp(square.get(), rest.get()) == 0) return true;
  }
  return false;
}

bool has_small_factor(const BIGNUM* n) {
  for (BN_ULONG divisor = 3; divisor < kSmallFactors; divisor += 2)
    if (BN_mod_word(n, divisor) == 0) return true;
  return false;
}

Status check_rsa(const PublicKey& key) {
  TRY(const PublicKey::RsaNumbers numbers, key.rsa_numbers());
  const BigNumber n = number_of(numbers.modulus);
  const BigNumber e = number_of(numbers.exponent);
  const auto bits = static_cast<std::size_t>(BN_num_bits(n.get()));
  if (bits < kLeastBits || bits > kMostBits) {
    return weak("RSA keys must have 2048 to 8192 bits, and this one has " + std::to_string(bits) +
                "; make a new one");
  }
  if (BN_is_odd(e.get()) == 0 || BN_num_bits(e.get()) < 2 || BN_num_bits(e.get()) > kMostExponentBits)
    return weak("its public exponent must be odd, 3 or more, and of at most 256 bits; 65537 is usual");
  if (BN_is_odd(n.get()) == 0 || has_small_factor(n.get()))
    return weak(
        "its modulus has a small factor, so that anybody can compute the private key; make a new one");
  if (has_roca_shape(numbers.modulus))
    return weak("it was made by a chip with a broken generator (CVE-2017-15361); make a new one elsewhere");
  if (has_close_primes(n.get())) {
    return weak(
        "its two primes are so close that anybody can compute the private key (CVE-2022-26320); make a "
        "new one");
  }
  return Done{};
}

Status check_ec(const PublicKey& key) {
  std::array<char, 80> curve{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key.native(), curve.data(), curve.size(), &length) != 1) length = 0;
  clear_openssl_errors();
  const std::string_view name(curve.data(), length);
  if (name == "prime256v1" || name == "secp384r1") return Done{};
  return weak("its curve is " + (name.empty() ? std::string("given by numbers") : printable(name, 40)) +
              "; use P-256 or P-384");
}

}  // namespace

Status check_key_strength(const PublicKey& key) {
  switch (EVP_PKEY_get_base_id(key.native())) {
    case EVP_PKEY_RSA:
      return check_rsa(key);
    case EVP_PKEY_EC:
      return check_ec(key);
    default: {
      const char* const name = EVP_PKEY_get0_type_name(key.native());
      return weak("it is of the kind " + printable(name == nullptr ? "unknown" : name, 40) +
                  "; use RSA, P-256 or P-384");
    }
  }
}

}  // namespace certstead
