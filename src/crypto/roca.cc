#include "crypto/roca.h"

#include <array>

namespace certstead {
namespace {

constexpr std::array kPrimes = {3U,   5U,   7U,   11U,  13U,  17U,  19U,  23U,  29U,  31U,  37U,  41U,  43U,
                                47U,  53U,  59U,  61U,  67U,  71U,  73U,  79U,  83U,  89U,  97U,  101U, 103U,
                                107U, 109U, 113U, 127U, 131U, 137U, 139U, 149U, 151U, 157U, 163U, 167U};

std::uint32_t remainder(BytesView number, std::uint32_t divisor) {
  std::uint32_t rest = 0;
  for (const std::uint8_t octet : number) rest = (rest * 256 + octet) % divisor;
  return rest;
}

bool is_power_of_65537(std::uint32_t value, std::uint32_t prime) {
  std::uint32_t power = 1;
  do {
    if (power == value) return true;
    power = power * (65537U % prime) % prime;
  } while (power != 1);
  return false;
}

}  // namespace

bool has_roca_shape(BytesView modulus) {
  for (const std::uint32_t prime : kPrimes)
    if (!is_power_of_65537(remainder(modulus, prime), prime)) return false;
  return true;
}

}  // namespace certstead
