// The parts of a backup that are read before anything is known to be true: the header, and the manifest.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "backup/archive.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const certstead::BytesView input(data, size);
  const auto header = certstead::decode_backup_header(input);
  if (header) {
    const certstead::Bytes again = certstead::encode_backup_header(*header);
    if (!std::equal(again.begin(), again.end(), input.begin(), input.end())) std::abort();
  }
  const auto manifest = certstead::decode_backup_manifest(input);
  if (manifest) {
    const certstead::Bytes again = certstead::encode_backup_manifest(*manifest);
    if (!std::equal(again.begin(), again.end(), input.begin(), input.end())) std::abort();
  }
  return 0;
}
