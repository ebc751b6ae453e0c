// A CA that refuses nonces at random is asked again at once: nothing was done by it, and waiting does not
// help.
#pragma once

#include "base/result.h"

namespace certstead {

// The id of an error after which a request was refused for its nonces only, as often as the issuer's bound
// allows.
inline constexpr std::string_view kBadNonce = "acme-bad-nonce";
// With nine of ten nonces refused, a call fails once in 90,000 times after so many rounds of the issuer's
// nine tries.
inline constexpr int kNonceRounds = 12;

// What `call` returns, called again while it fails for nonces only.
template <class Call>
auto patiently(const Call& call) {
  auto result = call();
  for (int round = 1; round < kNonceRounds && !result && result.error().id == kBadNonce; ++round)
    result = call();
  return result;
}

}  // namespace certstead
