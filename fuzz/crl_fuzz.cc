// CRLs: read, and asked about a certificate. Nothing that was not signed may be believed.
#include <cstdlib>

#include "revocation/crl.h"
#include "revocation_world.h"

using namespace certstead;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const RevocationWorld world;
  const auto list = Crl::parse(BytesView(data, size));
  if (!list) return 0;
  if (list->believe(world.issuer, "http://ca.example.test/list", world.now)) std::abort();
  const auto answer = list->answer(world.issuer);
  if (answer && answer->reason && (*answer->reason < 0 || *answer->reason > 10)) std::abort();
  return 0;
}
