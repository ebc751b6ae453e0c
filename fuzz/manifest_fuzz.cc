// What decodes as a manifest is exactly what encode_manifest would have written of it; its credentials can be
// asked for the part that their writers sign.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "vault/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const certstead::BytesView bytes(data, size);
  const auto manifest = certstead::decode_manifest(bytes);
  if (!manifest) return 0;
  const auto again = certstead::encode_manifest(*manifest);
  if (!again || !std::equal(again->begin(), again->end(), bytes.begin(), bytes.end())) std::abort();
  for (const certstead::FeedItem& item : manifest->items) {
    const auto* const set = std::get_if<certstead::FeedSet>(&item);
    if (set == nullptr) continue;
    for (const auto& credential : set->credentials) certstead::encode_signed_part(credential, "store");
  }
  return 0;
}
