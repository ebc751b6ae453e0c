// Certification requests on their way to a MicroCA: whatever is accepted names something that may be signed.
#include <cstdlib>

#include "ca/request_rules.h"

using namespace certstead;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<DnsConstraints> limits = {{true, {"a.test"}, {"secret.a.test"}}};
  const auto accepted = accept_request({data, size}, limits);
  if (!accepted) return 0;
  if (accepted->names.empty() || accepted->names.size() > kMaxLeafNames) std::abort();
  for (const std::string& name : accepted->names) {
    if (!name.ends_with("a.test") || !limits.front().allow(name)) std::abort();
  }
  return 0;
}
