// Whether a port serves the certificate that it ought to.
#pragma once

#include "model/served_probe.h"

namespace certstead {

// See ServedProbe. Only the kind of key asked for is offered; the chain is not verified: it is the very
// certificate, or it is not. Safe from any thread.
class ServedProber final : public ServedProbe {
 public:
  ServedCertificate look(const ServedQuestion& question, Deadline deadline) override;
};

}  // namespace certstead
