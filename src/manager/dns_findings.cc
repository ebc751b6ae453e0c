#include "manager/dns_findings.h"

#include "base/text.h"

namespace certstead {
namespace {

constexpr int kTriesThatCount = 3;

}  // namespace

Result<std::vector<Finding>> dns_findings(const StorePorts& store, Instant now) {
  std::vector<Finding> out;
  TRY(const auto accounts, store.dns_accounts.list_dns_accounts());
  for (const DnsAccount& account : accounts) {
    if (!account.enabled || account.secrets.empty() || !account.rotate_every) continue;
    if (account.secrets_since + *account.rotate_every > now) continue;
    out.push_back(
        {Health::kYellow, "dns-secrets-old", "DNS account " + account.name,
         "its secrets were given " + describe(now - account.secrets_since) +
             " ago and are due to be replaced; make new ones at the provider, then `certstead dns rotate " +
             account.name + "`"});
  }
  TRY(const auto records, store.dns_journal.list_dns_records());
  for (const DnsRecordEntry& one : records) {
    if (one.attempts < kTriesThatCount) continue;
    out.push_back({Health::kYellow, "dns-record-stays", "DNS account " + one.account,
                   "the TXT record at " + one.record.name + " could not be taken away " +
                       std::to_string(one.attempts) + " times: " + printable(one.last_error, 300) +
                       "; it is tried again by itself"});
  }
  return out;
}

}  // namespace certstead
