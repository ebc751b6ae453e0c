// OCSP responses and what caIssuers URLs give. Nothing that was not signed may be believed.
#include <cstdlib>

#include "revocation/ocsp.h"
#include "revocation/places.h"
#include "revocation_world.h"

using namespace certstead;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const RevocationWorld world;
  const BytesView input(data, size);
  if (judge_ocsp(input, world.issuer, world.issuer, world.now)) std::abort();
  if (const auto issuers = read_issuers(input)) {
    if (issuers->empty()) std::abort();
    for (const Certificate& one : *issuers) (void)places_of(one);
  }
  return 0;
}
