// Host names as people type them. What is accepted must be its own canonical form.
#include <cstdlib>

#include "base/bytes.h"
#include "model/domain_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace certstead;
  const auto name = HostPattern::parse(view_text({data, size}));
  if (!name) return 0;
  const auto again = HostPattern::parse(name->ascii());
  if (!again || *again != *name || name->ascii().size() > 255) std::abort();
  return 0;
}
