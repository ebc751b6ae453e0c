#include "manager/dns_import.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "manager/dns_secrets.h"

namespace certstead {
namespace {

using Outcome = DnsImportedAccount::Outcome;

constexpr std::array<std::string_view, 3> kOutcomes = {"created", "kept", "left"};

DnsImportedAccount left(DnsImportedAccount out, const std::string& why, const std::string& command) {
  out.outcome = Outcome::kLeft;
  out.detail = why + ": " + command;
  return out;
}

bool is_same(const DnsAccount& account, const std::string& provider, const DnsAccountDraft& draft) {
  return account.provider == provider && std::ranges::all_of(draft.domains, [&](const std::string& domain) {
           const auto name = DomainName::parse(trim(domain));
           return name && std::ranges::find(account.domains, *name) != account.domains.end();
         });
}

// `imported`: the definition in the file, "" if there is none.
DnsImportedAccount make(DnsDesk& desk, const std::string& imported, const DnsAccountDraft& draft,
                        const Actor& actor) {
  const std::string& provider = draft.provider.empty() ? imported : draft.provider;
  DnsImportedAccount out{"dns", draft.name, Outcome::kKept, ""};
  const auto present = desk.show(draft.name);
  if (present && is_same(present->account, provider, draft)) return out;
  if (present) return left(out, "another account has this name; give this one another", draft.command);
  if (!draft.unreadable.empty())
    return left(out,
                join(draft.unreadable, ", ") + " can't be read, the file has it sealed; give it from a file",
                draft.command);
  DnsAccountInput input;
  input.provider = provider;
  input.domains = draft.domains;
  input.settings = draft.settings;
  input.secrets = clone(draft.secrets);
  input.enabled = draft.enabled;
  const auto added = desk.add(draft.name, input, actor);
  if (!added) return left(out, added.error().detail, draft.command);
  out.outcome = Outcome::kCreated;
  if (!draft.enabled) out.detail = "not enabled, as in the file";
  return out;
}

// Terms that nobody has read are not agreed to.
Status check_terms(IssuerDesk& issuers, const std::string& issuer, const AcmeAccountDraft& draft) {
  TRY(const DirectoryFacts facts, issuers.directory(issuer));
  if (draft.terms_of_service.empty() || facts.terms_of_service.empty() ||
      facts.terms_of_service == draft.terms_of_service)
    return Done{};
  return denied("the terms of service of " + issuer + " are others than those in the file; read " +
                    printable(facts.terms_of_service),
                "terms-not-agreed");
}

// The issuer with this directory, or a new one.
Result<std::string> issuer_for(IssuerDesk& issuers, const AcmeAccountDraft& draft, const Actor& actor) {
  TRY(const auto all, issuers.list());
  const auto known = std::ranges::find(all, draft.directory_url, &IssuerRecord::directory_url);
  if (known != all.end()) return known->name;
  IssuerRecord issuer;
  issuer.name = draft.name;
  issuer.directory_url = draft.directory_url;
  TRY(const IssuerRecord added, issuers.add(std::move(issuer), actor));
  return added.name;
}

DnsImportedAccount make(IssuerDesk& issuers, AccountDesk& accounts, const AcmeAccountDraft& draft,
                        const Actor& actor) {
  DnsImportedAccount out{"acme", draft.name, Outcome::kKept, ""};
  if (!draft.eab_kid.empty() && draft.eab_hmac.empty())
    return left(out, "AcmeEabHmac can't be read, the file has it sealed; give it from a file", draft.command);
  if (!draft.agrees_to_terms)
    return left(out, "the file does not agree to the CA's terms of service", draft.command);
  const auto issuer = issuer_for(issuers, draft, actor);
  if (!issuer) return left(out, issuer.error().detail, draft.command);
  const auto present = accounts.show(*issuer, "default");
  if (present && present->status == "valid") return out;
  if (const Status same = check_terms(issuers, *issuer, draft); !same)
    return left(out, same.error().detail, draft.command);
  AccountInput input;
  input.issuer = *issuer;
  input.email = draft.email;
  input.agree_tos = true;
  input.eab_kid = draft.eab_kid;
  input.eab_hmac = draft.eab_hmac.clone();
  const auto added = accounts.add(input, actor);
  if (!added) return left(out, added.error().detail, draft.command);
  out.outcome = Outcome::kCreated;
  out.detail = "registered at " + *issuer + " with a key of its own";
  return out;
}

}  // namespace

std::string_view import_outcome_name(DnsImportedAccount::Outcome outcome) {
  return kOutcomes.at(static_cast<std::size_t>(outcome));
}

Result<DnsImportReport> import_dns(DnsDesk& desk, IssuerDesk& issuers, AccountDesk& accounts,
                                   DnsImportInput input, const Actor& actor) {
  TRY(DnsImported imported,
      desk.import_definition(std::move(input.name), std::move(input.kind), std::move(input.text), actor));
  DnsImportReport out;
  for (const DnsAccountDraft& draft : imported.beside.accounts)
    out.accounts.push_back(make(desk, imported.facts ? imported.facts->code : "", draft, actor));
  for (const AcmeAccountDraft& draft : imported.beside.acme)
    out.accounts.push_back(make(issuers, accounts, draft, actor));
  out.facts = std::move(imported.facts);
  out.notes = std::move(imported.beside.notes);
  return out;
}

}  // namespace certstead
