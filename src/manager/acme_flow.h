// Certificates by ACME (RFC 8555).
#pragma once

#include "manager/accounts.h"
#include "manager/flow.h"

namespace certstead {

class AcmeFlow final : public Flow {
 public:
  AcmeFlow(const Context& context, AccountDesk::Opened account)
      : context_(context), account_(std::move(account)) {}

  const IssuerRecord& issuer() const override { return account_.issuer; }
  Step next_step(const Order& order, Instant now) const override;
  Result<Order> advance(const Order& order, const Step& step, Deadline deadline) override;
  // Registers an account anew that the CA has forgotten.
  Result<bool> recover(const Error& error) override;
  bool offers_renewal_info(Deadline deadline) override;
  Status revoke(const CredentialVersion& version, int reason, Deadline deadline) override;

 private:
  const Context& context_;
  AccountDesk::Opened account_;
  bool registered_again_ = false;
};

}  // namespace certstead
