#include "tlscache/lookup_log.h"

#include <cstdio>

#include "base/text.h"

namespace certstead {
namespace {

// The client's hashes did not limit the answer.
constexpr unsigned kUnlimited = 0x1;

std::string hex(unsigned value) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%X", value);
  return text;
}

std::string masks_text(const AlgorithmMasks& masks) {
  return "RSAHashAlgs: " + hex(masks.rsa) + ", ECDSAHashAlgs: " + hex(masks.ecdsa);
}

std::string line_start(const ServePolicy& policy) { return "TLSCache-Log-" + policy.protocol + ": "; }

std::string bracketed(std::string_view asked) {
  std::string out = "[";
  return out.append(printable(asked)).append("]");
}

unsigned error_number(Outcome outcome) {
  switch (outcome) {
    case Outcome::kChosen:
      return 0;
    case Outcome::kUnknownName:
    case Outcome::kNothing:
      return 1;
    case Outcome::kUnusable:
      return 2;
  }
  return 1;
}

}  // namespace

AlgorithmMasks algorithm_masks(const ClientHello& hello) {
  constexpr unsigned kRsa = 1, kEcdsa = 3, kSha256 = 4, kLastHash = 6;
  AlgorithmMasks out;
  if (!hello.signature_algorithms) return out;
  for (const unsigned scheme : *hello.signature_algorithms) {
    const unsigned hash = scheme >> 8, signature = scheme & 0xff;
    if (hash <= kLastHash && signature == kRsa) out.rsa |= 1U << hash;
    if (hash <= kLastHash && signature == kEcdsa) out.ecdsa |= 1U << hash;
    // PSS with an ordinary RSA key (0x0804 to 0x0806) and with a PSS key (0x0809 to 0x080b).
    if (scheme >= 0x0804 && scheme <= 0x0806) out.rsa |= 1U << (scheme - 0x0804 + kSha256);
    if (scheme >= 0x0809 && scheme <= 0x080b) out.rsa |= 1U << (scheme - 0x0809 + kSha256);
  }
  return out;
}

std::string key_text(KeyType type) {
  switch (type) {
    case KeyType::kP256:
      return "ECDSA NIST P-256";
    case KeyType::kP384:
      return "ECDSA NIST P-384";
    case KeyType::kRsa2048:
      return "RSA 2048";
    case KeyType::kRsa3072:
      return "RSA 3072";
    case KeyType::kRsa4096:
      return "RSA 4096";
  }
  return "";
}

std::string request_line(const ServePolicy& policy, std::string_view asked, const ClientHello& hello) {
  return line_start(policy) + "CacheLookupRequest -> Host/Tag: " + bracketed(asked) + " " +
         masks_text(algorithm_masks(hello)) + ", Key: 1, Cert: 1, OCSP: 0 TrustPolicy: 0 DNList: 0";
}

std::string result_line(const ServePolicy& policy, std::string_view asked, const ClientHello& hello,
                        const Selection& selection) {
  const bool chosen = selection.outcome == Outcome::kChosen;
  const AlgorithmMasks masks =
      hello.signature_algorithms ? algorithm_masks(hello) : AlgorithmMasks{kUnlimited, kUnlimited};
  return line_start(policy) + "CacheLookupResult: " + bracketed(asked) + " -> [" +
         (chosen ? key_text(selection.credential.key_type) : "") + "] Flags: 0x0, " + masks_text(masks) +
         ", DefaultAssigned: " + (selection.reason == MatchReason::kDefault ? "1" : "0") +
         ", Match: " + std::string(match_reason_name(selection.reason)) +
         " -> Err: " + hex(error_number(selection.outcome));
}

}  // namespace certstead
