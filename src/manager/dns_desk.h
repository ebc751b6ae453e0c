// Use cases of proving names over DNS: accounts at DNS providers, and providers as data.
#pragma once

#include "manager/context.h"
#include "manager/dns_records.h"
#include "model/dns_companions.h"

namespace certstead {

// What a person may say of an account. What is absent stays as it is, or is the default of a new one.
struct DnsAccountInput {
  std::optional<std::string> provider;
  std::optional<std::vector<std::string>> domains;
  // By the names of the provider's settings, or by those of the environment that lego has for them. An empty
  // value takes a setting away.
  std::map<std::string, std::string> settings;
  DnsSecrets secrets;                       // for a new account only; see DnsTrial::rotate
  std::optional<std::int64_t> rotate_days;  // 0: no reminder
  std::optional<std::string> propagation, challenge;
  std::optional<Duration> delay, timeout;
  std::optional<bool> enabled;
};

struct DnsAccountView {
  DnsAccount account;
  std::vector<std::string> secrets;     // the names of those that it has
  std::vector<DnsRecordEntry> records;  // what stands, or may, in its zones
  std::string verified;                 // what its provider rests on, see DnsProviderFacts; "" if it is gone
  std::optional<Instant> rotate_at;     // when new secrets are due
  bool traced = false;
};

struct DnsImported {
  std::optional<DnsProviderFacts> facts;  // none if the text holds accounts alone
  DnsCompanions beside;                   // not made yet; see import_dns
};

class DnsDesk {
 public:
  DnsDesk(const Context& context, const DnsProviders& providers, DnsRecords& records)
      : context_(context), providers_(providers), records_(records) {}

  // Checks the settings against those of the provider, seals the secrets. kInvalid names what is wrong or
  // missing, with the names that the environment has for it; kConflict if the name is taken.
  Result<DnsAccountView> add(const std::string& name, const DnsAccountInput& input, const Actor& actor);
  // kInvalid for secrets: those are changed by rotating.
  Result<DnsAccountView> change(std::string_view name, const DnsAccountInput& input, const Actor& actor);
  Result<std::vector<DnsAccountView>> list();
  Result<DnsAccountView> show(std::string_view name);
  // kConflict while a record that it wrote has not been taken away.
  Status remove(std::string_view name, const Actor& actor);
  void set_trace(const DnsAccount& account, bool on) { records_.pool().set_trace(account.name, on); }
  std::vector<DnsTraced> trace(std::string_view name) const { return records_.pool().trace(name); }

  // Those that are built in, and definitions; one that can't be read any more is left out.
  Result<std::vector<DnsProviderFacts>> providers();
  Result<DnsProviderFacts> provider(std::string_view code);
  // `kind`: "recipe", "dxl", or "" to find out from the text. The name is that of the definition itself
  // unless one is given. Importing it again takes an approval away if the text has changed. Accounts in the
  // text are given back, and kept out of what is stored; of a text with accounts alone nothing is stored.
  Result<DnsImported> import_definition(std::string name, std::string kind, std::string text,
                                        const Actor& actor);
  Result<DnsDefinition> definition(std::string_view name) {
    return context_.store.dns_accounts.find_dns_definition(name);
  }
  Status remove_definition(std::string_view name, const Actor& actor);
  // Lets the definition run the commands with this SHA-256 (hex).
  Status approve(std::string_view name, const std::string& sha256, const Actor& actor);

 private:
  Result<DnsAccountView> view(DnsAccount account, const std::vector<DnsRecordEntry>& records,
                              const std::vector<DnsProviderFacts>& providers);
  Result<std::optional<DnsProviderFacts>> facts_of(const DnsAccount& account);
  Status apply(const DnsAccountInput& input, DnsAccount& account);
  Status keep_definition(DnsDefinition definition, DnsImported& imported, const Actor& actor);

  const Context context_;
  const DnsProviders& providers_;
  DnsRecords& records_;
};

// Gives each value the name that the provider has for it: an environment's name becomes the setting's.
// kInvalid for a name that is neither; for one given by both; for a secret among the settings and the
// reverse.
Status name_as_provider(const DnsProviderFacts& facts, std::map<std::string, std::string>& settings,
                        DnsSecrets& secrets);

}  // namespace certstead
