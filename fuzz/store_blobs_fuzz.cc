// Whatever stands in a column of the store is decoded or refused, and what was decoded is written as it was
// read.
#include <cstdlib>

#include "store/sqlite/blobs.h"

namespace {

using namespace certstead;

template <class T>
void try_as(BytesView bytes) {
  T value;
  if (!sqlite::unpack(bytes, value)) return;
  // Flags and words have more than one spelling, so the second writing counts.
  const Bytes once = sqlite::pack(value);
  T again;
  if (!sqlite::unpack(once, again) || sqlite::pack(again) != once) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  try_as<std::vector<HostPattern>>(bytes);
  try_as<std::vector<KeyType>>(bytes);
  try_as<std::vector<std::string>>(bytes);
  try_as<std::vector<Bytes>>(bytes);
  try_as<std::vector<Grant>>(bytes);
  try_as<std::vector<Authorization>>(bytes);
  try_as<std::vector<ChallengePlan>>(bytes);
  try_as<std::vector<DomainName>>(bytes);
  try_as<std::map<std::string, std::string>>(bytes);
  try_as<SealedSecret>(bytes);
  try_as<CertificateFacts>(bytes);
  return 0;
}
