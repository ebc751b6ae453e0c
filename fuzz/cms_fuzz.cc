// Envelopes: the bytes as a whole, and as a list of edits (two octets of place, one of value) of a good
// envelope, which must not open once a byte of it differs.
#include <cstdlib>

#include "crypto/cms.h"
#include "crypto/issue.h"

using namespace certstead;

namespace {

struct Holder {
  PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  Certificate certificate = issue_certificate({.common_name = "holder",
                                               .public_key = key.public_key(),
                                               .not_before = from_unix_seconds(1'700'000'000),
                                               .not_after = from_unix_seconds(1'900'000'000),
                                               .key_agreement = true},
                                              key, {})
                                .value();
  Bytes envelope = cms_seal(SecretBytes(view_bytes("content")), certificate).value();
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Holder holder;
  const BytesView input(data, size);
  if (cms_open(input, holder.certificate, holder.key)) std::abort();
  Bytes edited = holder.envelope;
  for (std::size_t at = 0; at + 3 <= input.size(); at += 3)
    edited[(input[at] * 256U + input[at + 1]) % edited.size()] ^= input[at + 2];
  const auto opened = cms_open(edited, holder.certificate, holder.key);
  if (opened.has_value() != (edited == holder.envelope)) std::abort();
  return 0;
}
