// Plays the manager for tests: asks for the next step, does it, until the order is done or has failed.
#pragma once

#include <functional>
#include <optional>

#include "crypto/key.h"
#include "model/issuer.h"

namespace certstead {

class OrderRunner {
 public:
  OrderRunner(Issuer& issuer, AccountAccess access) : issuer_(issuer), access_(access) {}

  // Makes a challenge's answer visible; called once per challenge.
  std::function<void(const ChosenChallenge&)> publish = [](const ChosenChallenge&) {};
  // How every name is to be proved.
  std::string challenge_type = "http-01";
  // Lets the time come.
  std::function<void(Instant)> wait_until;
  std::function<Instant()> now;
  // Called before each step; false stops there and returns the order as it is.
  std::function<bool(const Order&, const Step&)> before = [](const Order&, const Step&) { return true; };

  // Goes on with `order` until it is complete; the error is that of GiveUp or of advance(). The chain is
  // accepted if its leaf has the order's key.
  Result<Order> run(Order order);

  std::vector<std::string> steps;  // names of those done, without waits
  std::vector<Instant> waits;      // moments that were waited for
  std::optional<PrivateKey> key;   // of the last order
  Order last;                      // as it was when run() returned

 private:
  Status make_key(Order& order);
  Status accept(Order& order) const;
  Status act(Order& order, const Step& step);

  Issuer& issuer_;
  AccountAccess access_;
};

// An order for `names` (the first key type is P-256), as a manager would make it.
Order new_order(const std::vector<std::string>& names, Instant now);

}  // namespace certstead
