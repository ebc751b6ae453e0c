// Use case: a provider as data is imported with the accounts that stand beside it in its file.
#pragma once

#include "manager/accounts.h"
#include "manager/dns_desk.h"
#include "manager/issuers.h"

namespace certstead {

struct DnsImportInput {
  std::string name, kind, text;  // as DnsDesk::import_definition
};

// What became of an account in the file.
struct DnsImportedAccount {
  enum class Outcome { kCreated, kKept, kLeft };
  std::string kind;  // "dns" or "acme"
  std::string name;
  Outcome outcome = Outcome::kLeft;
  std::string detail;  // kLeft: why, and the command that makes it; no secret
};
std::string_view import_outcome_name(DnsImportedAccount::Outcome outcome);  // "created", "kept", "left"

struct DnsImportReport {
  std::optional<DnsProviderFacts> facts;  // none if the text holds accounts alone
  std::vector<DnsImportedAccount> accounts;
  std::vector<std::string> notes;
};

// Stores the definition, if there is one, then makes each account of which everything can be read: at the
// provider, and at a CA whose terms were agreed to in the file, under an issuer with its directory. One that
// is there already is kept as it is, so that a file may be imported again. What can't be made is reported and
// ends nothing. Blocks as long as the CAs take to answer. Errors: those of DnsDesk::import_definition.
Result<DnsImportReport> import_dns(DnsDesk& desk, IssuerDesk& issuers, AccountDesk& accounts,
                                   DnsImportInput input, const Actor& actor);

}  // namespace certstead
