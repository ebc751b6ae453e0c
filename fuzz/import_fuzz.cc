// One file of any bytes, with a password to try. Every credential that comes out has a key that fits its
// leaf, and every note a reason.
#include <cstdint>
#include <cstdlib>

#include "crypto/certificate.h"
#include "pki/pki_importer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace certstead;
  ImportInput input;
  input.files.push_back({"in", SecretBytes(BytesView(data, size))});
  input.passwords.emplace_back(view_bytes("secret"));
  input.now = from_unix_seconds(1'800'000'000);
  const auto reading = PkiImporter().read(input);
  if (!reading) {
    if (reading.error().id.empty() || reading.error().detail.empty()) std::abort();
    return 0;
  }
  for (const ImportedSet& set : reading->sets) {
    for (const ImportedCredential& one : set.credentials) {
      const auto key = PrivateKey::from_der(one.key.reveal());
      const auto leaf = Certificate::from_der(one.chain.at(0));
      if (!key || !leaf || !leaf->matches(*key)) std::abort();
    }
  }
  for (const ImportNote& note : reading->dropped) {
    if (note.id.empty() || note.reason.empty()) std::abort();
  }
  return 0;
}
