// For tests: keys that nobody should have.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "crypto/key.h"
#include "crypto/openssl.h"

namespace certstead {

// Without `d` the public half only.
inline std::shared_ptr<EVP_PKEY> rsa_key(const BIGNUM* n, const BIGNUM* e, const BIGNUM* d) {
  OSSL_PARAM_BLD* const build = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n);
  OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e);
  if (d != nullptr) OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_D, d);
  OSSL_PARAM* const params = OSSL_PARAM_BLD_to_param(build);
  EVP_PKEY* key = nullptr;
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY_fromdata_init(context.get());
  EVP_PKEY_fromdata(context.get(), &key, d == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, params);
  OSSL_PARAM_free(params);
  OSSL_PARAM_BLD_free(build);
  return {key, EVP_PKEY_free};
}

inline std::shared_ptr<EVP_PKEY> rsa_pss_key() {
  EVP_PKEY* key = nullptr;
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr));
  EVP_PKEY_keygen_init(context.get());
  EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048);
  EVP_PKEY_keygen(context.get(), &key);
  return {key, EVP_PKEY_free};
}

// RSA-2048 whose second prime is the first one behind its first prime.
inline std::shared_ptr<EVP_PKEY> close_primes_key() {
  BN_CTX* const context = BN_CTX_new();
  BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new(), *e = BN_new(), *phi = BN_new(), *d = BN_new();
  BN_set_word(e, 65537);
  do {
    BN_generate_prime_ex(p, 1024, 0, nullptr, nullptr, nullptr);
    BN_copy(q, p);
    do BN_add_word(q, 2);
    while (BN_check_prime(q, context, nullptr) != 1);
    BN_mul(n, p, q, context);
    BN_sub_word(p, 1);
    BN_sub_word(q, 1);
    BN_mul(phi, p, q, context);
  } while (BN_num_bits(n) != 2048 || BN_mod_inverse(d, e, phi, context) == nullptr);
  auto key = rsa_key(n, e, d);
  for (BIGNUM* one : {p, q, n, e, phi, d}) BN_free(one);
  BN_CTX_free(context);
  return key;
}

// A modulus of 2048 bits with the shape of CVE-2017-15361 and no small factor.
inline Bytes roca_modulus() {
  BN_CTX* const context = BN_CTX_new();
  BIGNUM *m = BN_new(), *n = BN_new(), *t = BN_new(), *power = BN_new(), *base = BN_new(),
         *exponent = BN_new();
  BN_one(m);
  for (const BN_ULONG prime :
       {3UL,   5UL,   7UL,   11UL,  13UL,  17UL,  19UL,  23UL,  29UL,  31UL,  37UL,  41UL,  43UL,
        47UL,  53UL,  59UL,  61UL,  67UL,  71UL,  73UL,  79UL,  83UL,  89UL,  97UL,  101UL, 103UL,
        107UL, 109UL, 113UL, 127UL, 131UL, 137UL, 139UL, 149UL, 151UL, 157UL, 163UL, 167UL})
    BN_mul_word(m, prime);
  BN_set_word(base, 65537);
  BN_set_word(exponent, 12'345);
  BN_mod_exp(power, base, exponent, m, context);
  Bytes out;
  for (bool found = false; !found;) {
    BN_rand(t, 2048 - BN_num_bits(m), BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ANY);
    BN_mul(n, m, t, context);
    BN_add(n, n, power);
    found = BN_num_bits(n) == 2048 && BN_is_odd(n) != 0;
    for (BN_ULONG divisor = 3; found && divisor < 1000; divisor += 2) found = BN_mod_word(n, divisor) != 0;
  }
  out.resize(256);
  BN_bn2bin(n, out.data());
  for (BIGNUM* one : {m, n, t, power, base, exponent}) BN_free(one);
  BN_CTX_free(context);
  return out;
}

}  // namespace certstead
