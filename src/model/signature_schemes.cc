#include "model/signature_schemes.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/text.h"

namespace certstead {
namespace {

struct Scheme {
  std::string_view tls, openssl;  // lower case
  std::uint16_t number;
};
constexpr Scheme kSchemes[] = {{"ecdsa_secp256r1_sha256", "ecdsa+sha256", 0x0403},
                               {"ecdsa_secp384r1_sha384", "ecdsa+sha384", 0x0503},
                               {"ecdsa_secp521r1_sha512", "ecdsa+sha512", 0x0603},
                               {"ecdsa_sha224", "ecdsa+sha224", 0x0303},
                               {"ecdsa_sha1", "ecdsa+sha1", 0x0203},
                               {"rsa_pss_rsae_sha256", "rsa-pss+sha256", 0x0804},
                               {"rsa_pss_rsae_sha384", "rsa-pss+sha384", 0x0805},
                               {"rsa_pss_rsae_sha512", "rsa-pss+sha512", 0x0806},
                               {"rsa_pss_rsae_sha256", "pss+sha256", 0x0804},
                               {"rsa_pss_rsae_sha384", "pss+sha384", 0x0805},
                               {"rsa_pss_rsae_sha512", "pss+sha512", 0x0806},
                               {"rsa_pss_pss_sha256", "", 0x0809},
                               {"rsa_pss_pss_sha384", "", 0x080a},
                               {"rsa_pss_pss_sha512", "", 0x080b},
                               {"rsa_pkcs1_sha256", "rsa+sha256", 0x0401},
                               {"rsa_pkcs1_sha384", "rsa+sha384", 0x0501},
                               {"rsa_pkcs1_sha512", "rsa+sha512", 0x0601},
                               {"rsa_pkcs1_sha224", "rsa+sha224", 0x0301},
                               {"rsa_pkcs1_sha1", "rsa+sha1", 0x0201},
                               {"ed25519", "ed25519", 0x0807}};

std::vector<std::uint16_t> read_word(std::string_view word) {
  if (word == "ecdsa") return {0x0403, 0x0503, 0x0603};
  if (word == "rsa") return {0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601};
  for (const Scheme& scheme : kSchemes) {
    if (!word.empty() && (word == scheme.tls || word == scheme.openssl)) return {scheme.number};
  }
  std::uint16_t number = 0;
  if (word.size() != 6 || !word.starts_with("0x")) return {};
  const auto [end, wrong] = std::from_chars(word.data() + 2, word.data() + word.size(), number, 16);
  if (wrong != std::errc() || end != word.data() + word.size()) return {};
  return {number};
}

}  // namespace

Result<std::vector<std::uint16_t>> parse_signature_schemes(std::string_view text) {
  std::string words = lower_ascii(text);
  std::replace(words.begin(), words.end(), ':', ',');
  std::vector<std::uint16_t> out;
  for (const std::string_view word : split(words, ',')) {
    const std::vector<std::uint16_t> numbers = read_word(trim(word));
    if (numbers.empty()) {
      return invalid("'" + printable(word, 40) +
                         "' is no signature algorithm; write ecdsa, rsa, or for instance ECDSA+SHA256, "
                         "rsa_pss_rsae_sha256 or 0x0403, with commas between them",
                     "bad-sigalgs");
    }
    for (const std::uint16_t number : numbers) {
      if (std::find(out.begin(), out.end(), number) == out.end()) out.push_back(number);
    }
  }
  if (out.empty()) return invalid("no signature algorithm is given", "bad-sigalgs");
  return out;
}

}  // namespace certstead
