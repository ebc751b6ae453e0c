#include "manager/dns_records.h"

#include <algorithm>
#include <atomic>

#include "base/id.h"
#include "base/parallel.h"
#include "base/text.h"
#include "model/backoff.h"
#include "model/dns_challenge.h"

namespace certstead {
namespace {

constexpr Duration kRemoveTime = std::chrono::seconds{45};
constexpr std::size_t kSweepBatch = 256;
// A test that is not over by then was cut off.
constexpr Duration kLongestTest = std::chrono::minutes{10};

std::string account_text(const std::string& name) { return "DNS account " + printable(name, 60); }

}  // namespace

Result<bool> any_dns_account(const StorePorts& store) {
  TRY(const auto accounts, store.dns_accounts.list_dns_accounts());
  return std::ranges::any_of(accounts, &DnsAccount::enabled);
}

std::shared_ptr<std::mutex> DnsRecords::lock_of(const std::string& name) {
  const std::lock_guard hold(mutex_);
  std::erase_if(locks_, [](const auto& one) { return one.second.expired(); });
  std::weak_ptr<std::mutex>& slot = locks_[name];
  auto lock = slot.lock();
  if (!lock) slot = lock = std::make_shared<std::mutex>();
  return lock;
}

Result<DnsRecords::Target> DnsRecords::target(const std::vector<DnsAccount>& accounts,
                                              const std::string& validation_name, Deadline deadline) {
  auto place = names_.locate(validation_name, deadline);
  const std::string leads_to = place ? place->name : validation_name;
  const DnsAccount* account = account_for(accounts, leads_to);
  if (!place) {
    if (account == nullptr || account->propagation != DnsPropagationMode::kDelay) return place.error();
    place = DnsPlace{validation_name, "", {}};
  }
  if (account == nullptr)
    return invalid("no enabled DNS account answers for " + printable(leads_to, 260) +
                       (leads_to == validation_name ? "" : ", where " + validation_name + " leads") +
                       "; add one with `certstead dns add`",
                   "dns-account-gone");
  return Target{std::move(*place), account};
}

Result<DnsWritten> DnsRecords::publish(const std::vector<DnsAccount>& accounts, const DnsWish& wish,
                                       Deadline deadline) {
  TRY(const Target to, target(accounts, wish.validation_name, deadline));
  auto provider = pool_.open(*to.account);
  if (!provider) return provider.error().within(account_text(to.account->name));
  return publish_with(**provider, *to.account, to.place, wish, deadline);
}

Result<DnsWritten> DnsRecords::publish_with(DnsProvider& provider, const DnsAccount& account,
                                            const DnsPlace& place, const DnsWish& wish, Deadline deadline) {
  DnsRecordEntry entry;
  entry.id = make_id();
  entry.account = account.name;
  entry.record = {place.name, place.zone, wish.value};
  entry.order_id = wish.order_id;
  entry.created = clock_.now();
  entry.due = wish.order_id.empty() ? entry.created + kLongestTest : entry.created;
  const auto lock = lock_of(place.name);
  const std::lock_guard hold(*lock);
  TRY(entry.id, store_.dns_journal.begin_dns_record(entry));
  const auto kept = provider.add(entry.record, deadline);
  if (!kept) return kept.error().within(account_text(account.name));
  CHECK_OK(store_.dns_journal.keep_dns_record(entry.id, *kept));
  return DnsWritten{entry.id, account.name, place.name, place.zone};
}

Status DnsRecords::withdraw(std::string_view order_id) {
  return store_.dns_journal.release_dns_records(order_id, clock_.now());
}

Status DnsRecords::remove_with(DnsProvider& provider, const std::string& id, Deadline deadline) {
  TRY(const DnsRecordEntry first, store_.dns_journal.find_dns_record(id));
  const auto lock = lock_of(first.record.name);
  const std::lock_guard hold(*lock);
  TRY(const DnsRecordEntry entry, store_.dns_journal.find_dns_record(id));
  // Another order may have been given the same value: the last one takes it away.
  TRY(const bool shared, store_.dns_journal.dns_record_shared(entry));
  if (!shared) CHECK_OK(provider.remove(entry.record, entry.kept, deadline));
  return store_.dns_journal.end_dns_record(id);
}

// The error is one of the store.
Result<bool> DnsRecords::take_away(const std::string& id) {
  const auto found = store_.dns_journal.find_dns_record(id);
  if (!found && found.error().code == Code::kNotFound) return false;
  if (!found) return found.error();
  const DnsRecordEntry& entry = *found;
  const Status gone = [&]() -> Status {
    TRY(const DnsAccount account, store_.dns_accounts.find_dns_account(entry.account));
    TRY(const auto provider, pool_.open(account));
    return remove_with(*provider, id, Deadline::after(kRemoveTime));
  }();
  if (gone) {
    log_.info("dns.record-removed", {{"name", entry.record.name}, {"account", entry.account}});
    return true;
  }
  const Instant next = clock_.now() + backoff(entry.attempts + 1, id);
  log_.warning("dns.record-stays", {{"name", entry.record.name},
                                    {"account", entry.account},
                                    {"error", gone.error().detail},
                                    {"next_try", to_rfc3339(next)}});
  CHECK_OK(store_.dns_journal.retry_dns_record(id, next, gone.error().detail));
  return false;
}

Result<std::size_t> DnsRecords::sweep(const std::function<bool()>& stopping) {
  TRY(const auto due, store_.dns_journal.dns_records_due(clock_.now(), kSweepBatch));
  if (due.empty()) return std::size_t{0};
  std::atomic<std::size_t> gone = 0;
  std::mutex mutex;
  Status failure = Done{};
  for_each_concurrently(due.size(), kDnsAtOnce, [&](std::size_t i) {
    if (stopping()) return;
    const auto taken = take_away(due[i].id);
    if (taken) {
      gone += *taken ? 1 : 0;
      return;
    }
    const std::lock_guard hold(mutex);
    failure = taken.error();
  });
  CHECK_OK(failure);
  return gone.load();
}

}  // namespace certstead
