// Certificates by a person: the request goes out, and the answer comes in, by hand or by a script.
#pragma once

#include "manager/flow.h"

namespace certstead {

// The name and the kind of the issuer that every store has.
inline constexpr std::string_view kManual = "manual";
IssuerRecord manual_issuer();

class ManualFlow final : public Flow {
 public:
  explicit ManualFlow(IssuerRecord issuer) : issuer_(std::move(issuer)) {}

  const IssuerRecord& issuer() const override { return issuer_; }
  Step next_step(const Order& order, Instant now) const override;
  // There is nobody to talk to: kInternal.
  Result<Order> advance(const Order& order, const Step& step, Deadline deadline) override;
  // kInvalid ("manual-revoke"): only the person's CA can.
  Status revoke(const CredentialVersion& version, int reason, Deadline deadline) override;

 private:
  IssuerRecord issuer_;
};

}  // namespace certstead
