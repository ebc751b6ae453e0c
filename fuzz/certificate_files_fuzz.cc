// Files with a CA's answer: PEM, DER, PKCS#7.
#include <cstdlib>

#include "pki/certificate_files.h"

using namespace certstead;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto all = certificates_in_file({data, size});
  if (all && (all->empty() || all->size() > 200)) std::abort();
  static_cast<void>(request_in_file({data, size}));
  return 0;
}
