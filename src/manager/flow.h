// What differs between the kinds of issuers: how the certificates of a set come about.
#pragma once

#include <memory>

#include "manager/context.h"

namespace certstead {

// One issuer, opened for the orders of one set. Used by one thread.
class Flow {
 public:
  virtual ~Flow() = default;
  virtual const IssuerRecord& issuer() const = 0;
  // What to do next with `order`. Pure: no I/O, the same answer for the same arguments.
  virtual Step next_step(const Order& order, Instant now) const = 0;
  // Does one step of the first group of step.h; see Issuer::advance.
  virtual Result<Order> advance(const Order& order, const Step& step, Deadline deadline) = 0;
  // Puts right what a failed step named, once. True: the step is worth another try at once.
  virtual Result<bool> recover(const Error&) { return false; }
  // Whether the issuer says when to renew.
  virtual bool offers_renewal_info(Deadline) { return false; }
  // kConflict if it is revoked already.
  virtual Status revoke(const CredentialVersion& version, int reason, Deadline deadline) = 0;
};

// By the kind of the issuer. `account` counts for kinds that have accounts. kNotFound, kConflict
// ("account-not-valid").
Result<std::unique_ptr<Flow>> open_flow(const Context& context, std::string_view issuer,
                                        std::string_view account);

}  // namespace certstead
