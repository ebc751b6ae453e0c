// TSIG key files: no bytes crash the reader, and a key that was read can be written and read again.
#include <cstdlib>

#include "base/encoding.h"
#include "resolver/tsig_key_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace certstead;
  const auto key = parse_tsig_key_file(SecretBytes(BytesView(data, size)));
  if (!key) return 0;
  const auto again = make_tsig_key(key->name.text(), tsig_algorithm_name(key->digest),
                                   SecretBytes(view_bytes(base64_encode(key->secret.reveal()))));
  if (!again || again->name != key->name || again->digest != key->digest) std::abort();
  if (!equal_constant_time(again->secret.reveal(), key->secret.reveal())) std::abort();
  return 0;
}
