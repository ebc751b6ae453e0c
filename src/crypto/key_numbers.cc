#include "crypto/key_numbers.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <vector>

#include "base/secret.h"
#include "crypto/algorithms.h"

namespace certstead {
namespace {

using EcGroup = std::unique_ptr<EC_GROUP, Freed<EC_GROUP_free>>;
using EcPoint = std::unique_ptr<EC_POINT, Freed<EC_POINT_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_clear_free>>;
using BigNumberContext = std::unique_ptr<BN_CTX, Freed<BN_CTX_free>>;

constexpr std::array<std::uint8_t, 8> kP256Oid = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 5> kP384Oid = {0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::array<EcCurve, 2> kCurves = {
    {{KeyType::kP256, "prime256v1", 32, kP256Oid}, {KeyType::kP384, "secp384r1", 48, kP384Oid}}};

const EC_GROUP* group_of(KeyType type) {
  static const EC_GROUP* const p256 = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  static const EC_GROUP* const p384 = EC_GROUP_new_by_curve_name(NID_secp384r1);
  require_openssl(p256 != nullptr && p384 != nullptr, "the curves P-256 and P-384");
  return type == KeyType::kP384 ? p384 : p256;
}

// OSSL_PARAM wants numbers in the byte order of the machine.
SecretBytes in_machine_order(BytesView magnitude) {
  if constexpr (std::endian::native == std::endian::big) return SecretBytes(magnitude);
  return SecretBytes(Bytes(magnitude.rbegin(), magnitude.rend()));
}

// fromdata only reads what the parameters point at, though they are not const; get_params fills it.
OSSL_PARAM number_param(const char* name, const SecretBytes& number) {
  auto* const data = const_cast<std::uint8_t*>(number.reveal().data());
  return OSSL_PARAM_construct_BN(name, data, number.size());
}

Result<SharedKey> from_params(const char* algorithm, int selection, OSSL_PARAM* params) {
  clear_openssl_errors();
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, selection, params) != 1)
    return openssl_error("making a key from its numbers", Code::kInvalid);
  return SharedKey(key, EVP_PKEY_free);
}

struct RsaNumber {
  const char* name;
  BytesView magnitude;
};

Result<SharedKey> make_rsa_key(int selection, std::initializer_list<RsaNumber> numbers) {
  std::vector<SecretBytes> values;
  values.reserve(numbers.size());
  std::vector<OSSL_PARAM> params;
  for (const RsaNumber& number : numbers) {
    values.push_back(in_machine_order(number.magnitude));
    params.push_back(number_param(number.name, values.back()));
  }
  params.push_back(OSSL_PARAM_construct_end());
  return from_params("RSA", selection, params.data());
}

BigNumber big_number(BytesView magnitude) {
  BigNumber number(BN_bin2bn(magnitude.data(), static_cast<int>(magnitude.size()), nullptr));
  require_openssl(number != nullptr, "memory for a number");
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  return number;
}

// secret = `exponent` mod (prime - 1), and it undoes the public exponent.
bool exponent_fits(const BIGNUM* prime, const BIGNUM* exponent, BytesView secret, BytesView open,
                   BN_CTX* context) {
  const BigNumber order(BN_dup(prime));
  const BigNumber rest(BN_new());
  const BigNumber part = big_number(secret);
  return order && rest && BN_sub_word(order.get(), 1) == 1 && !BN_is_zero(order.get()) &&
         BN_mod(rest.get(), exponent, order.get(), context) == 1 && BN_cmp(rest.get(), part.get()) == 0 &&
         BN_mod_mul(rest.get(), part.get(), big_number(open).get(), order.get(), context) == 1 &&
         BN_is_one(rest.get());
}

bool rsa_numbers_fit(const RsaPairNumbers& numbers) {
  const BigNumberContext context(BN_CTX_secure_new());
  const BigNumber product(BN_new());
  const BigNumber prime1 = big_number(numbers.prime1);
  const BigNumber prime2 = big_number(numbers.prime2);
  const BigNumber exponent = big_number(numbers.secret_exponent);
  return context && product && BN_is_odd(prime1.get()) && BN_is_odd(prime2.get()) &&
         BN_mul(product.get(), prime1.get(), prime2.get(), context.get()) == 1 &&
         BN_cmp(product.get(), big_number(numbers.modulus).get()) == 0 &&
         exponent_fits(prime1.get(), exponent.get(), numbers.exponent1, numbers.exponent, context.get()) &&
         exponent_fits(prime2.get(), exponent.get(), numbers.exponent2, numbers.exponent, context.get()) &&
         BN_mod_mul(product.get(), prime2.get(), big_number(numbers.coefficient).get(), prime1.get(),
                    context.get()) == 1 &&
         BN_is_one(product.get());
}

}  // namespace

const EcCurve* curve_of(KeyType type) {
  const auto* const found = std::ranges::find(kCurves, type, &EcCurve::type);
  return found == kCurves.end() ? nullptr : found;
}

const EcCurve* curve_with_oid(BytesView oid) {
  const auto* const found = std::ranges::find_if(
      kCurves, [oid](const EcCurve& curve) { return std::ranges::equal(curve.oid, oid); });
  return found == kCurves.end() ? nullptr : found;
}

Result<Bytes> public_point(const EcCurve& curve, BytesView scalar) {
  clear_openssl_errors();
  const EC_GROUP* const group = group_of(curve.type);
  const BigNumberContext context(BN_CTX_secure_new());
  const BigNumber number = big_number(scalar);
  const EcPoint point(EC_POINT_new(group));
  if (!context || !point) return openssl_error("computing a public key");
  if (BN_is_zero(number.get()) || BN_ucmp(number.get(), EC_GROUP_get0_order(group)) >= 0)
    return invalid("the private number of the key is out of range");
  Bytes octets(1 + 2 * curve.length);
  if (EC_POINT_mul(group, point.get(), number.get(), nullptr, nullptr, context.get()) != 1 ||
      EC_POINT_point2oct(group, point.get(), POINT_CONVERSION_UNCOMPRESSED, octets.data(), octets.size(),
                         context.get()) != octets.size())
    return openssl_error("computing a public key");
  return octets;
}

SecretBytes random_scalar(const EcCurve& curve) {
  const EC_GROUP* const group = group_of(curve.type);
  const BigNumber number(BN_secure_new());
  Bytes octets(curve.length);
  bool good = number != nullptr;
  do {
    good = good && BN_priv_rand_range(number.get(), EC_GROUP_get0_order(group)) == 1;
  } while (good && BN_is_zero(number.get()));
  require_openssl(good && BN_bn2binpad(number.get(), octets.data(), static_cast<int>(octets.size())) > 0,
                  "a random number");
  return SecretBytes(std::move(octets));
}

Result<SecretBytes> shared_secret(const EcCurve& curve, BytesView point, BytesView scalar) {
  clear_openssl_errors();
  const EC_GROUP* const group = group_of(curve.type);
  const BigNumberContext context(BN_CTX_secure_new());
  const BigNumber number = big_number(scalar);
  const BigNumber x(BN_secure_new());
  const EcPoint theirs(EC_POINT_new(group)), shared(EC_POINT_new(group));
  if (!context || !x || !theirs || !shared) return openssl_error("agreeing on a key");
  Bytes octets(curve.length);
  // The conversion checks that the point is on the curve; the coordinates of infinity can't be had.
  if (EC_POINT_oct2point(group, theirs.get(), point.data(), point.size(), context.get()) != 1 ||
      EC_POINT_mul(group, shared.get(), nullptr, theirs.get(), number.get(), context.get()) != 1 ||
      EC_POINT_get_affine_coordinates(group, shared.get(), x.get(), nullptr, context.get()) != 1 ||
      BN_bn2binpad(x.get(), octets.data(), static_cast<int>(octets.size())) < 0)
    return openssl_error("agreeing on a key", Code::kInvalid);
  return SecretBytes(std::move(octets));
}

Result<Bytes> point_of(const EVP_PKEY* key) {
  clear_openssl_errors();
  Bytes octets(133);  // of P-521, the largest
  std::size_t length = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size(), &length) !=
      1)
    return openssl_error("reading the point of a key", Code::kInvalid);
  octets.resize(length);
  return octets;
}

Result<std::vector<SecretBytes>> rsa_pair_of(const EVP_PKEY* key) {
  clear_openssl_errors();
  const int size = EVP_PKEY_get_size(key);
  if (size <= 0) return openssl_error("reading the size of a key", Code::kInvalid);
  // Into buffers of ours, all at once: EVP_PKEY_get_bn_param() leaves a copy of each number on the stack.
  std::vector<SecretBytes> numbers;
  std::vector<OSSL_PARAM> params;
  for (const char* name :
       {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1,
        OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
        OSSL_PKEY_PARAM_RSA_COEFFICIENT1}) {
    numbers.emplace_back(Bytes(static_cast<std::size_t>(size)));
    params.push_back(number_param(name, numbers.back()));
  }
  params.push_back(OSSL_PARAM_construct_end());
  if (EVP_PKEY_get_params(key, params.data()) != 1)
    return openssl_error("reading the numbers of a key", Code::kInvalid);
  for (SecretBytes& number : numbers) number = in_machine_order(number.reveal());
  return numbers;
}

Result<SecretBytes> scalar_of(const EcCurve& curve, const EVP_PKEY* key) {
  clear_openssl_errors();
  BIGNUM* raw = nullptr;
  const bool there = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &raw) == 1;
  const BigNumber number(raw);
  Bytes octets(curve.length);
  if (!there || BN_bn2binpad(raw, octets.data(), static_cast<int>(octets.size())) < 0)
    return openssl_error("reading the number of a key", Code::kInvalid);
  return SecretBytes(std::move(octets));
}

Result<SharedKey> make_ec_key(const EcCurve& curve, BytesView point, BytesView scalar) {
  if (point.size() != 1 + 2 * curve.length || point.front() != 0x04)
    return invalid("the point of an EC key must be uncompressed and of the curve's length");
  const SecretBytes number = in_machine_order(scalar);
  std::string group = curve.name;
  std::array<OSSL_PARAM, 4> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, const_cast<std::uint8_t*>(point.data()),
                                        point.size()),
      OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
  if (scalar.empty()) return from_params("EC", EVP_PKEY_PUBLIC_KEY, params.data());
  params[2] = number_param(OSSL_PKEY_PARAM_PRIV_KEY, number);
  return from_params("EC", EVP_PKEY_KEYPAIR, params.data());
}

Result<SharedKey> make_rsa_public_key(BytesView modulus, BytesView exponent) {
  return make_rsa_key(EVP_PKEY_PUBLIC_KEY,
                      {{OSSL_PKEY_PARAM_RSA_N, modulus}, {OSSL_PKEY_PARAM_RSA_E, exponent}});
}

Result<SharedKey> make_rsa_pair(const RsaPairNumbers& numbers) {
  if (!rsa_numbers_fit(numbers))
    return invalid("the RSA key is damaged: its numbers do not fit each other", "key-damaged");
  return make_rsa_key(EVP_PKEY_KEYPAIR, {{OSSL_PKEY_PARAM_RSA_N, numbers.modulus},
                                         {OSSL_PKEY_PARAM_RSA_E, numbers.exponent},
                                         {OSSL_PKEY_PARAM_RSA_D, numbers.secret_exponent},
                                         {OSSL_PKEY_PARAM_RSA_FACTOR1, numbers.prime1},
                                         {OSSL_PKEY_PARAM_RSA_FACTOR2, numbers.prime2},
                                         {OSSL_PKEY_PARAM_RSA_EXPONENT1, numbers.exponent1},
                                         {OSSL_PKEY_PARAM_RSA_EXPONENT2, numbers.exponent2},
                                         {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, numbers.coefficient}});
}

std::optional<KeyType> type_of(const EVP_PKEY* key) {
  const int id = EVP_PKEY_get_base_id(key);
  if (id == EVP_PKEY_RSA) {
    switch (EVP_PKEY_get_bits(key)) {
      case 2048:
        return KeyType::kRsa2048;
      case 3072:
        return KeyType::kRsa3072;
      case 4096:
        return KeyType::kRsa4096;
      default:
        return {};
    }
  }
  if (id != EVP_PKEY_EC) return {};
  std::array<char, 32> name = {};
  int spelt_out = 0;
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(), nullptr) != 1)
    return {};
  // A curve given by its parameters is refused even if they are those of a known one (CVE-2020-0601 lived
  // there).
  if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &spelt_out) == 1 &&
      spelt_out != 0)
    return {};
  for (const EcCurve& curve : kCurves) {
    if (std::string_view(name.data()) == curve.name) return curve.type;
  }
  return {};
}

}  // namespace certstead
