// Certificates by a CA of our own.
#pragma once

#include "manager/flow.h"

namespace certstead {

inline constexpr std::string_view kMicroCaKind = "microca";

class MicroCaFlow final : public Flow {
 public:
  MicroCaFlow(const Context& context, IssuerRecord issuer) : context_(context), issuer_(std::move(issuer)) {}

  const IssuerRecord& issuer() const override { return issuer_; }
  Step next_step(const Order& order, Instant now) const override;
  // Signs. After a crash in between the CA gives the certificate that it recorded for this order.
  Result<Order> advance(const Order& order, const Step& step, Deadline deadline) override;
  Status revoke(const CredentialVersion& version, int reason, Deadline deadline) override;

 private:
  const Context& context_;
  IssuerRecord issuer_;
};

}  // namespace certstead
