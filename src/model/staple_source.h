// Port: OCSP responses to be handed to TLS clients (RFC 6066 section 8).
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace certstead {

struct Staple {
  Bytes response;  // DER, verified: of this very certificate, signed for it, and good
  Instant this_update{}, next_update{};
};

class StapleSource {
 public:
  virtual ~StapleSource() = default;
  // `chain`: DER, the leaf, then its issuer. Nothing if the certificate names no responder, so that asking
  // again is of no use. Blocks until `deadline` at most. Safe from any thread.
  virtual Result<std::optional<Staple>> fetch_staple(const std::vector<Bytes>& chain, Instant now,
                                                     Deadline deadline) = 0;
};

}  // namespace certstead
