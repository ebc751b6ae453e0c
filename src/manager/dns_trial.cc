#include "manager/dns_trial.h"

#include <algorithm>
#include <mutex>
#include <thread>

#include "base/id.h"
#include "base/text.h"
#include "manager/dns_desk.h"
#include "manager/dns_secrets.h"
#include "model/dns_challenge.h"

namespace certstead {
namespace {

constexpr Duration kCallTime = std::chrono::seconds{60};
constexpr Duration kLongestLook = std::chrono::seconds{60};
constexpr Duration kPause{250};

// Lines come from whatever thread speaks to the provider.
struct Lines {
  void add(const DnsTraceLine& line) {
    const std::lock_guard hold(mutex);
    all.push_back(line);
  }
  std::mutex mutex;
  std::vector<DnsTraceLine> all;
};

Result<HostPattern> name_of(std::string_view text) {
  TRY(const HostPattern name, HostPattern::parse(trim(text)));
  return name;
}

}  // namespace

Result<DnsRecords::Target> DnsTrial::target(const std::vector<DnsAccount>& accounts,
                                            const HostPattern& host) {
  const std::string plain = dns01_name(host);
  const Deadline deadline = Deadline::after(kCallTime);
  if (any_proves_by_account_label(accounts)) {
    TRY(const auto issuer, context_.store.settings.setting("default-issuer"));
    const auto account = context_.store.accounts.find_account(issuer.value_or(""), "default");
    if (account && !account->url.empty()) {
      auto labelled =
          records_.target(accounts, context_.acme.account_label(account->url) + "." + plain, deadline);
      if (labelled && labelled->account->challenge == kDnsAccount01) return labelled;
    }
  }
  return records_.target(accounts, plain, deadline);
}

void DnsTrial::look(DnsTrialReport& report, const DnsAccount& account) {
  if (account.propagation == DnsPropagationMode::kDelay) return;
  report.looked = true;
  const Deadline end = Deadline::after(std::min<Duration>(account.timeout, kLongestLook));
  for (;;) {
    auto seen = records_.names().look({report.name, report.zone, report.value}, account.propagation, end);
    if (seen) report.seen = std::move(*seen);
    if (report.seen.everywhere) return;
    if (end.passed()) {
      const std::string why =
          seen ? "not every name server shows it after " : seen.error().detail + " after ";
      report.error = unavailable(
          "the record was written, but " + why + describe(std::min<Duration>(account.timeout, kLongestLook)),
          "dns-propagation");
      return;
    }
    std::this_thread::sleep_for(kPause);
  }
}

Result<DnsTrialReport> DnsTrial::prove(const DnsAccount& account, const DnsSecrets& secrets,
                                       const DnsPlace& place) {
  Lines lines;
  TRY(const auto provider,
      records_.pool().open_apart(account, secrets, [&lines](const DnsTraceLine& line) { lines.add(line); }));
  DnsTrialReport report;
  report.account = account.name;
  report.name = place.name;
  report.zone = place.zone;
  report.value = "certstead-test-" + make_id();
  lines.add({"locate", place.name + " in the zone " + (place.zone.empty() ? "(not known)" : place.zone)});
  const auto written =
      records_.publish_with(*provider, account, place, {"", "", report.value}, Deadline::after(kCallTime));
  if (written) {
    look(report, account);
    const Status gone = records_.remove_with(*provider, written->id, Deadline::after(kCallTime));
    if (!gone) report.error = gone.error().within("the record could not be taken away");
  } else {
    report.error = written.error();
  }
  // What could not be taken away now, or may have been written, is for the sweeper.
  TRY(const auto left, context_.store.dns_journal.list_dns_records());
  for (const DnsRecordEntry& one : left) {
    if (one.record.value == report.value)
      CHECK_OK(context_.store.dns_journal.release_dns_record(one.id, context_.clock.now()));
  }
  report.lines = std::move(lines.all);
  return report;
}

Result<DnsTrialReport> DnsTrial::test(std::string_view name, std::string_view account, const Actor& actor) {
  TRY(const HostPattern host, name_of(name));
  TRY(auto accounts, context_.store.dns_accounts.list_dns_accounts());
  if (!account.empty()) {
    TRY(DnsAccount chosen, context_.store.dns_accounts.find_dns_account(account));
    chosen.enabled = true;
    accounts = {std::move(chosen)};
  }
  TRY(const auto to, target(accounts, host));
  TRY(const DnsSecrets secrets, open_dns_secrets(context_.sealer, *to.account));
  CHECK_OK(context_.store.audit.add_audit({actor.name, "dns.test", to.account->name, to.place.name}));
  return prove(*to.account, secrets, to.place);
}

Result<DnsTrialReport> DnsTrial::rotate(std::string_view name, DnsSecrets secrets, std::string_view at,
                                        const DnsProviders& providers, const Actor& actor) {
  TRY(DnsAccount account, context_.store.dns_accounts.find_dns_account(name));
  TRY(const DnsProviderFacts facts, DnsDesk(context_, providers, records_).provider(account.provider));
  std::map<std::string, std::string> none;
  CHECK_OK(name_as_provider(facts, none, secrets));
  if (secrets.empty()) return invalid("give the new secrets: --secret NAME=@FILE", "dns-secrets");
  TRY(DnsSecrets next, open_dns_secrets(context_.sealer, account));
  for (auto& [key, value] : secrets) next[key] = std::move(value);
  TRY(const HostPattern host, name_of(at.empty() ? account.domains.front().ascii() : at));
  std::vector<DnsAccount> candidates = {account};
  candidates.front().enabled = true;
  TRY(const auto to, target(candidates, host));
  TRY(DnsTrialReport report, prove(account, next, to.place));
  if (report.error) return report;
  ++account.secrets_version;
  account.secrets_since = context_.clock.now();
  TRY(Sealed sealed, seal_dns_secrets(context_.sealer, account.id, account.secrets_version, next));
  account.secrets = std::move(sealed.secret);
  account.grants = std::move(sealed.grants);
  CHECK_OK(
      context_.store.dns_accounts.update_dns_account(account, {actor.name, "dns.rotate", account.name, ""}));
  return report;
}

}  // namespace certstead
