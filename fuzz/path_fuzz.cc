// Certificates one after the other (codec byte strings): the first is the leaf, the others are both pool and
// roots. What comes out starts with the leaf, ends with a root, and stays within the bounds.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/codec.h"
#include "pki/path_builder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  certstead::Decoder in(certstead::BytesView(data, size));
  std::vector<certstead::Certificate> all;
  while (!in.failed() && all.size() < 20) {
    auto one = certstead::Certificate::from_der(in.bytes());
    if (one) all.push_back(std::move(*one));
  }
  if (all.empty()) return 0;
  const certstead::Instant now = all.front().not_before();
  for (const bool strict : {true, false}) {
    const certstead::PathOptions options{.purpose = certstead::PathPurpose::kAny, .strict = strict};
    const auto path = certstead::build_path(all.front(), all, all, now, options);
    if (path && (path->front().der() != all.front().der() || !path->back().is_self_signed() ||
                 path->size() > certstead::kMaxPathLength)) {
      std::abort();
    }
    const auto linked = certstead::link_path(all.front(), all, now, options);
    if (path && !linked) std::abort();
  }
  return 0;
}
