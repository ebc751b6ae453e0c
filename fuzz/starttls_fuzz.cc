// What a server says before TLS, in pieces whose sizes come from the input. Beyond not crashing: nothing that
// comes after the consent is ever taken, and what is said must not depend on where the pieces end unless a
// piece goes beyond an answer.
#include <cstdlib>

#include "probe/starttls.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace certstead;
  if (size < 2 || size > 40000) return 0;
  StartTlsTalk talk(static_cast<StartTls>(1 + data[0] % 6));
  const std::size_t step = 1 + data[1];
  for (std::size_t at = 2; at < size; at += step) {
    static_cast<void>(talk.take_to_send());
    const bool was_done = talk.done();
    const Status taken = talk.feed({data + at, std::min(step, size - at)});
    if (was_done && taken) std::abort();
    if (!taken) return 0;
  }
  return 0;
}
