// Trying a DNS account with a harmless record, and giving it new secrets that were tried.
#pragma once

#include "manager/context.h"
#include "manager/dns_records.h"

namespace certstead {

struct DnsTrialReport {
  std::string account, name, zone, value;  // where the record was written; "" if it did not come so far
  bool looked = false;                     // false: this account's propagation is waited for blindly
  DnsPropagation seen;                     // as of the last look
  std::vector<DnsTraceLine> lines;         // every exchange with the provider, redacted, and what we did
  std::optional<Error> error;              // what went wrong; nothing: it was written, seen and taken away
};

class DnsTrial {
 public:
  DnsTrial(const Context& context, DnsRecords& records) : context_(context), records_(records) {}

  // Writes a TXT record with a random value where the CA would look for a proof of `name`, looks for it on
  // the name servers, and takes it away. `account`: "" for the one that answers for the place. Errors before
  // a provider is asked are returned, later ones are in the report. Takes up to three minutes.
  Result<DnsTrialReport> test(std::string_view name, std::string_view account, const Actor& actor);
  // Does the same with `secrets` in the place of those of the account, and keeps them only if that went well.
  // `at`: the name to try it with, "" for the account's first domain. kInvalid if a name is no secret of the
  // provider.
  Result<DnsTrialReport> rotate(std::string_view account, DnsSecrets secrets, std::string_view at,
                                const DnsProviders& providers, const Actor& actor);

 private:
  // Where one of `accounts` would write for `host`: for dns-account-01 behind the label of the default
  // account at the default CA, where there is one.
  Result<DnsRecords::Target> target(const std::vector<DnsAccount>& accounts, const HostPattern& host);
  Result<DnsTrialReport> prove(const DnsAccount& account, const DnsSecrets& secrets, const DnsPlace& place);
  void look(DnsTrialReport& report, const DnsAccount& account);

  const Context context_;
  DnsRecords& records_;
};

}  // namespace certstead
