// What a CA is asked for in a while, so that its limits are never met.
#pragma once

#include "manager/context.h"

namespace certstead {

// What a run wants to order for `set`.
struct OrderWish {
  int orders = 0;              // one for each key type that is missing
  int announced_renewals = 0;  // of these, those that tell the CA what they replace (RFC 9773 section 5)
  bool renewal = false;        // the issuer has signed exactly these names for the set before
};
OrderWish order_wish(const CredentialSet& set, const std::vector<KeyType>& missing,
                     const std::vector<CredentialVersion>& versions);

// The lines of `issuer` that the wish counts against: orders of the account in an hour; new names below one
// registered domain in a week (renewals are free of it); the same names in a week (announced renewals are).
// Lines without a limit are left out. Pure.
std::vector<BudgetLine> budget_lines(const CredentialSet& set, const IssuerRecord& issuer,
                                     const OrderWish& wish, const RegisteredDomains& domains);

// "waiting until TIME: the budget of ... is used up", for a person.
std::string describe_wait(const IssuerRecord& issuer, const Issuers::BudgetWait& wait);

}  // namespace certstead
