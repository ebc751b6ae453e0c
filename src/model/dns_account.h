// An account at a DNS provider, definitions of providers, and the ports of the store that keep them.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "model/audit.h"
#include "model/domain_name.h"
#include "model/sealed.h"

namespace certstead {

// How it is found out that a TXT record can be seen before the CA is told to look.
enum class DnsPropagationMode {
  kAuthoritative,  // every authoritative server of the zone is asked
  kResolver,       // the resolver of this host is asked, where the servers themselves can't be reached
  kDelay,          // nobody is asked; the time is waited out
};
std::string_view propagation_name(DnsPropagationMode mode);  // "authoritative", "resolver", "delay"
Result<DnsPropagationMode> parse_propagation(std::string_view text);

struct DnsAccount {
  std::string id;
  std::string name;                 // unique; a person chose it
  std::string provider;             // code of a recipe, or name of a definition
  std::vector<DomainName> domains;  // it answers for these and all below; the longest that fits wins
  std::map<std::string, std::string> settings;  // those that are not secret
  SealedSecret secrets;                         // names and values, sealed as one
  std::vector<Grant> grants;
  std::int64_t secrets_version = 1;
  Instant secrets_since;                 // when this version was given
  std::optional<Duration> rotate_every;  // a reminder is due this long after secrets_since
  DnsPropagationMode propagation = DnsPropagationMode::kAuthoritative;
  Duration delay{0};  // kDelay: how long to wait; else: wait this long before looking
  Duration timeout = std::chrono::minutes{10};  // how long propagation may take
  // How names are proved with it: "dns-01", "dns-account-01", or "dns-persist-01", for which nothing is
  // written: a person set the record once and for all, and there is no provider.
  std::string challenge = "dns-01";
  bool enabled = true;
  Instant created;
  std::int64_t revision = 0;
};

// A provider as data, brought by an administrator.
struct DnsDefinition {
  std::string name;  // unique among definitions and codes
  std::string kind;  // "recipe" (TOML) or "dxl"
  std::string text;
  std::string approved;  // SHA-256 (hex) of the commands in it that a person has approved; "" for none
  Instant created;
  std::int64_t revision = 0;
};

// Whether `name` is `domain` or stands below it, by whole labels. Pure.
bool is_at_or_below(std::string_view name, std::string_view domain);

// The account whose domain is the longest suffix of `name` (whole labels) among the enabled ones; null if
// there is none. Pure.
const DnsAccount* account_for(const std::vector<DnsAccount>& accounts, std::string_view name);

class DnsAccounts {
 public:
  virtual ~DnsAccounts() = default;
  // kConflict if there is an account of that name.
  virtual Status create_dns_account(const DnsAccount& account, const AuditNote& note) = 0;
  // Replaces the record. kConflict unless `account.revision` is the stored one; returns the new revision.
  virtual Result<std::int64_t> update_dns_account(const DnsAccount& account, const AuditNote& note) = 0;
  virtual Result<DnsAccount> find_dns_account(std::string_view name) = 0;
  // All, by name.
  virtual Result<std::vector<DnsAccount>> list_dns_accounts() = 0;
  // kConflict while a record that it wrote has not been taken away.
  virtual Status delete_dns_account(std::string_view name, const AuditNote& note) = 0;

  // Stores it in the place of the one with this name.
  virtual Status put_dns_definition(const DnsDefinition& definition, const AuditNote& note) = 0;
  virtual Result<DnsDefinition> find_dns_definition(std::string_view name) = 0;
  virtual Result<std::vector<DnsDefinition>> list_dns_definitions() = 0;
  // kConflict while an account uses it.
  virtual Status delete_dns_definition(std::string_view name, const AuditNote& note) = 0;
};

}  // namespace certstead
