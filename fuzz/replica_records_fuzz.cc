// Records of a view: nothing that lies in the file crashes the reader, and what is read has one encoding.
#include <algorithm>
#include <cstdlib>

#include "replica/records.h"

namespace {

using certstead::Bytes;
using certstead::BytesView;

template <class T>
void one_encoding(const certstead::Result<T>& decoded, BytesView input) {
  if (!decoded) return;
  const Bytes again = certstead::encode_record(*decoded);
  if (!std::equal(again.begin(), again.end(), input.begin(), input.end())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView input(data, size);
  one_encoding(certstead::decode_credential(input), input);
  one_encoding(certstead::decode_index(input), input);
  one_encoding(certstead::decode_ids(input), input);
  one_encoding(certstead::decode_meta(input), input);
  one_encoding(certstead::decode_alpn(input), input);
  one_encoding(certstead::decode_staple(input), input);
  one_encoding(certstead::decode_ticket(input), input);
  one_encoding(certstead::decode_chain(input), input);
  return 0;
}
