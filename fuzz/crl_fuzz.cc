// CRLs: read, and asked about a certificate. Nothing that was not signed may be believed.
#include <cstdlib>

#include "crypto/issue.h"
#include "revocation/crl.h"

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
  const auto list = Crl::parse(BytesView(data, size));
  if (!list) return 0;
  if (list->believe(world.issuer, "http://ca.example.test/list", world.now)) std::abort();
  const auto answer = list->answer(world.issuer);
  if (answer && answer->reason && (*answer->reason < 0 || *answer->reason > 10)) std::abort();
  return 0;
}
