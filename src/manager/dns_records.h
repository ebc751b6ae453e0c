// TXT records on their way into zones and out of them, with the journal that survives us.
#pragma once

#include <functional>

#include "manager/dns_pool.h"
#include "model/dns_journal.h"
#include "model/store_ports.h"

namespace certstead {

// At most so many conversations with providers and name servers at the same time for one job.
inline constexpr std::size_t kDnsAtOnce = 16;

struct DnsWish {
  std::string order_id;         // "" for a test
  std::string validation_name;  // where it is looked for, before CNAME and DNAME
  std::string value;
};
struct DnsWritten {
  std::string id;  // of the journal's entry
  std::string account, name, zone;
};

// Whether names can be proved over DNS at all. Which account it is, and whether one answers for a name, shows
// when its order begins.
Result<bool> any_dns_account(const StorePorts& store);

class DnsRecords {
 public:
  // All of it outlives the object. Safe from any thread.
  DnsRecords(const StorePorts& store, Sealer& sealer, const DnsProviders& providers, DnsNames& names,
             const Clock& clock, LogSink& log)
      : store_(store),
        names_(names),
        clock_(clock),
        log_(log),
        pool_(store.dns_accounts, sealer, providers, clock, log) {}

  // Finds out where the record has to stand and which of `accounts` answers for that place, notes it in the
  // journal, and lets the provider write it. kInvalid ("dns-account-gone") if no enabled account answers for
  // the place; else the errors of DnsNames::locate and DnsProvider::add, with names in front.
  Result<DnsWritten> publish(const std::vector<DnsAccount>& accounts, const DnsWish& wish, Deadline deadline);
  // The same with a provider that is open already, for the account's own zone.
  Result<DnsWritten> publish_with(DnsProvider& provider, const DnsAccount& account, const DnsPlace& place,
                                  const DnsWish& wish, Deadline deadline);
  // Where `validation_name` leads and which account answers for that.
  struct Target {
    DnsPlace place;
    const DnsAccount* account;  // one of those given
  };
  Result<Target> target(const std::vector<DnsAccount>& accounts, const std::string& validation_name,
                        Deadline deadline);
  // Whatever was written for the order is to be taken away; sweep() does it.
  Status withdraw(std::string_view order_id);
  // Takes a record away that publish_with() wrote.
  Status remove_with(DnsProvider& provider, const std::string& id, Deadline deadline);
  // Takes away what is due, several at a time. What fails waits longer each time. Returns how many are gone.
  Result<std::size_t> sweep(const std::function<bool()>& stopping);

  DnsPool& pool() { return pool_; }
  DnsNames& names() { return names_; }

 private:
  // Held while a record of this name is written or taken away, so that nobody takes away what another one
  // counts on.
  std::shared_ptr<std::mutex> lock_of(const std::string& name);
  Result<bool> take_away(const std::string& id);

  const StorePorts store_;
  DnsNames& names_;
  const Clock& clock_;
  LogSink& log_;
  DnsPool pool_;
  std::mutex mutex_;  // guards locks_
  std::map<std::string, std::weak_ptr<std::mutex>> locks_;
};

}  // namespace certstead
