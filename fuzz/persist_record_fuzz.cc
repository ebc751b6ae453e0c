// Standing records of dns-persist-01 as the DNS has them. What is accepted must say the same when it is
// written anew.
#include <cstdlib>

#include "base/bytes.h"
#include "model/dns_challenge.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace certstead;
  const auto record = parse_persist(view_text({data, size}));
  if (!record) return 0;
  const auto again = parse_persist(persist_text(*record));
  if (!again || again->issuer != record->issuer || again->account_uri != record->account_uri ||
      again->wildcard != record->wildcard || again->until != record->until)
    std::abort();
  return 0;
}
