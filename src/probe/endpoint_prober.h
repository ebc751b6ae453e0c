// Watched addresses by real handshakes.
#pragma once

#include "model/url_watch.h"
#include "probe/probe.h"

namespace certstead {

// See Prober. Safe from any thread.
class EndpointProber final : public Prober {
 public:
  // `system_roots_pem`: the roots of this host, PEM; may be empty.
  explicit EndpointProber(std::string system_roots_pem) : system_roots_pem_(std::move(system_roots_pem)) {}
  Status check(const UrlWatch& watch) override;
  Result<ProbeFacts> probe(const UrlWatch& watch, const std::string& store_roots_pem, Instant now,
                           Deadline deadline) override;

 private:
  const std::string system_roots_pem_;
};

}  // namespace certstead
