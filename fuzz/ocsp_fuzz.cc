// OCSP responses and what caIssuers URLs give. Nothing that was not signed may be believed.
#include <cstdlib>

#include "crypto/issue.h"
#include "revocation/ocsp.h"
#include "revocation/places.h"

using namespace certstead;

namespace {

struct World {
  PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  Instant now = from_unix_seconds(1'800'000'000);
  Certificate issuer = issue_certificate({.common_name = "Root",
                                          .dns_names = {},
                                          .public_key = key.public_key(),
                                          .not_before = now - std::chrono::hours(1),
                                          .not_after = now + std::chrono::hours(1),
                                          .is_ca = true},
                                         key, std::nullopt)
                           .value();
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const World world;
  const BytesView input(data, size);
  if (judge_ocsp(input, world.issuer, world.issuer, world.now)) std::abort();
  if (const auto issuers = read_issuers(input)) {
    if (issuers->empty()) std::abort();
    for (const Certificate& one : *issuers) (void)places_of(one);
  }
  return 0;
}
