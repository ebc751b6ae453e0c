// What a run of a job has to do with the DNS: for many names at the same time.
#pragma once

#include <functional>

#include "manager/context.h"
#include "manager/dns_records.h"

namespace certstead {

class DnsRun {
 public:
  // `meanwhile` is called every now and then on the caller's thread while others work; nothing new is begun
  // when `stopping`.
  DnsRun(const Context& context, const std::function<bool()>& stopping, std::function<void()> meanwhile)
      : context_(context), stopping_(stopping), meanwhile_(std::move(meanwhile)) {}

  // How each name is to be proved to the CA where our account has this URL. The DNS is asked only where there
  // is an account that it may lead to.
  Result<std::vector<ChallengePlan>> plan(const std::vector<HostPattern>& names,
                                          const std::string& account_url);

  // Challenges over DNS, each with its order.
  struct Part {
    Order* order;
    std::size_t index;
    ChosenChallenge& challenge() const { return *order->authorizations[index].challenge; }
  };
  // Writes all records; those that were written are `published`. The first error of the others.
  Status publish(const std::vector<Part>& parts);
  // Looks for all records once; those that every server shows are `checked`, the orders of the others get a
  // `not_before`. kUnavailable ("dns-propagation") for one that took too long, "dns-persist-missing" for a
  // standing record that is not as it should be.
  Status check(const std::vector<Part>& parts);

 private:
  // Where each of these names leads.
  std::vector<Result<DnsPlace>> locate(const std::vector<std::string>& names);
  struct Look {
    bool seen = false;
    std::optional<Instant> again;
    std::optional<Error> error;
  };
  Look look(const ChosenChallenge& challenge, const std::vector<DnsAccount>& accounts) const;
  Look look_for_standing(const ChosenChallenge& challenge, const DnsAccount& account) const;

  const Context& context_;
  const std::function<bool()>& stopping_;
  const std::function<void()> meanwhile_;
};

}  // namespace certstead
