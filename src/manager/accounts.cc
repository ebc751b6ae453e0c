#include "manager/accounts.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/id.h"
#include "base/text.h"
#include "manager/patience.h"

namespace certstead {
namespace {

constexpr Duration kCall = std::chrono::seconds{30};

AuditNote note_of(const Actor& actor, std::string action, const Account& account, std::string detail = {}) {
  return {actor.name, std::move(action), account.issuer + "/" + account.name, std::move(detail)};
}

Status check_email(std::string_view email) {
  const std::size_t at = email.find('@');
  const bool plausible = at != std::string_view::npos && at > 0 && at + 1 < email.size() &&
                         email.find_first_of(" ,;<>\r\n\t?") == std::string_view::npos;
  if (email.empty() || plausible) return Done{};
  return invalid(
      "\"" + printable(email, 60) + "\" is no mail address; give --email NAME@DOMAIN or leave it out",
      "email");
}

Status check_account_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  if (!name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), allowed)) return Done{};
  return invalid("\"" + printable(name, 60) +
                     "\" can't name an account: use 1 to 64 letters, digits, hyphens, dots, underscores",
                 "account-name");
}

// Terms that a person has to agree to and has not: kDenied, naming the page.
Status check_terms(const IssuerRecord& issuer, const DirectoryFacts& facts, const Account& account) {
  if (facts.terms_of_service.empty() || facts.terms_of_service == account.agreed_terms) return Done{};
  const bool changed = !account.agreed_terms.empty();
  return denied(issuer.name +
                    (changed ? " has changed its terms of service; read "
                             : " asks you to agree to its terms of service; read ") +
                    printable(facts.terms_of_service) + " and repeat with --agree-tos",
                "terms-not-agreed");
}

Result<Account> draft(const Context& context, const AccountInput& input) {
  Account account;
  account.id = make_id();
  account.issuer = input.issuer;
  account.name = input.name.empty() ? "default" : input.name;
  account.email = input.email;
  TRY(account.key_type, parse_key_type(input.key_type.empty() ? "p256" : input.key_type));
  account.status = "new";
  account.created = context.clock.now();
  TRY(const SecretBytes key, context.key_maker.make_key(account.key_type));
  TRY(Sealed sealed, context.sealer.seal({"account", account.id, "key", 1}, key, {}));
  account.key = std::move(sealed.secret);
  account.grants = std::move(sealed.grants);
  return account;
}

Status take_eab(const Context& context, const AccountInput& input, Account& account) {
  if (input.eab_kid.empty() && input.eab_hmac.empty()) return Done{};
  if (input.eab_kid.empty() || input.eab_hmac.empty()) {
    return invalid("external account binding needs both the key id and the HMAC key that the CA gave you",
                   "eab-half");
  }
  Bytes text = to_bytes(trim(view_text(input.eab_hmac.reveal())));
  while (!text.empty() && text.back() == '=') text.pop_back();
  for (std::uint8_t& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  auto hmac = base64url_decode(view_text(text));
  wipe(text);
  if (!hmac || hmac->empty()) return invalid("the HMAC key is not base64url as the CA shows it", "eab-hmac");
  const std::int64_t version = account.eab_hmac.empty() ? 1 : account.eab_hmac.ref.version + 1;
  TRY(Sealed sealed,
      context.sealer.seal({"account", account.id, "eab", version}, SecretBytes(std::move(*hmac)), {}));
  account.eab_kid = trim(input.eab_kid);
  account.eab_hmac = std::move(sealed.secret);
  account.eab_grants = std::move(sealed.grants);
  return Done{};
}

Result<Account> register_now(const Context& context, const IssuerRecord& issuer, Account account,
                             const AuditNote& note) {
  TRY(const SecretBytes key, context.sealer.open(account.key, account.grants));
  SecretBytes eab;
  if (!account.eab_hmac.empty()) {
    TRY(eab, context.sealer.open(account.eab_hmac, account.eab_grants));
  }
  TRY(Account registered, patiently([&] {
        return context.authority.register_account({issuer, account, key}, eab, Deadline::after(kCall));
      }));
  TRY(registered.revision, context.store.accounts.update_account(registered, note));
  return registered;
}

// A key rollover that a crash left half done: the CA is told again (it says yes to a key that it has
// already).
Result<Account> finish_roll(const Context& context, const IssuerRecord& issuer, Account account,
                            const AuditNote& note) {
  TRY(const SecretBytes old_key, context.sealer.open(account.key, account.grants));
  TRY(const SecretBytes next_key, context.sealer.open(account.next_key, account.next_grants));
  CHECK_OK(patiently([&] {
    return context.authority.roll_key({issuer, account, old_key}, next_key, Deadline::after(kCall));
  }));
  account.key = std::exchange(account.next_key, {});
  account.grants = std::exchange(account.next_grants, {});
  TRY(account.revision, context.store.accounts.update_account(account, note));
  return account;
}

}  // namespace

Status AccountDesk::check(const AccountInput& input) {
  CHECK_OK(check_email(input.email));
  const std::string name = input.name.empty() ? "default" : input.name;
  const auto found = context_.store.accounts.find_account(input.issuer, name);
  if (found) return Done{};
  return found.error().code == Code::kNotFound ? check_account_name(name) : Status(found.error());
}

Result<Account> AccountDesk::ensure(const AccountInput& input, const Actor& actor) {
  CHECK_OK(check(input));
  TRY(const IssuerRecord issuer, context_.store.issuers.find_issuer(input.issuer));
  if (issuer.kind != "acme")
    return conflict(issuer.name + " needs no account, only CAs that speak ACME do", "no-account-needed");
  const std::string name = input.name.empty() ? "default" : input.name;
  auto found = context_.store.accounts.find_account(input.issuer, name);
  if (!found && found.error().code != Code::kNotFound) return found.error();
  if (found && !found->url.empty() && found->status == "valid" && !input.agree_tos) return found;

  TRY(const DirectoryFacts facts, context_.authority.directory(issuer, Deadline::after(kCall)));
  // A dry look first: nothing is made for a person who has not agreed yet.
  Account account;
  if (found) account = *found;
  if (input.agree_tos) account.agreed_terms = facts.terms_of_service;
  CHECK_OK(check_terms(issuer, facts, account));
  const bool has_eab = !account.eab_hmac.empty() || !input.eab_kid.empty();
  if ((facts.external_account_required || issuer.needs_eab) && !has_eab) {
    return denied(issuer.name + " wants external account binding: get a key id and HMAC key from it, then " +
                      "`certstead account add " + issuer.name +
                      " --eab-kid KID --eab-hmac-file FILE --agree-tos`",
                  "eab-needed");
  }
  if (found && found->status == "valid" && found->agreed_terms == account.agreed_terms) return found;
  if (!found) {
    const std::string agreed = account.agreed_terms;
    TRY(account, draft(context_, input));
    account.agreed_terms = agreed;
    CHECK_OK(take_eab(context_, input, account));
    CHECK_OK(context_.store.accounts.create_account(account, note_of(actor, "account.add", account)));
    TRY(account, context_.store.accounts.find_account(account.issuer, account.name));
  } else {
    CHECK_OK(take_eab(context_, input, account));
    if (!input.email.empty()) account.email = input.email;
    TRY(account.revision,
        context_.store.accounts.update_account(account, note_of(actor, "account.change", account)));
  }
  return register_now(context_, issuer, account, note_of(actor, "account.register", account));
}

Result<Account> AccountDesk::add(const AccountInput& input, const Actor& actor) {
  const std::string name = input.name.empty() ? "default" : input.name;
  const auto found = context_.store.accounts.find_account(input.issuer, name);
  if (found && found->status == "valid") {
    return conflict(
        input.issuer + " has an account \"" + name + "\" already; choose another name with --name",
        "account-exists");
  }
  return ensure(input, actor);
}

Result<Account> AccountDesk::agree(std::string_view issuer, std::string_view name, const Actor& actor) {
  TRY(const Account account, context_.store.accounts.find_account(issuer, name));
  AccountInput input;
  input.issuer = account.issuer;
  input.name = account.name;
  input.agree_tos = true;
  return ensure(input, actor);
}

Result<Account> AccountDesk::roll_key(std::string_view issuer_name, std::string_view name,
                                      const Actor& actor) {
  TRY(const IssuerRecord issuer, context_.store.issuers.find_issuer(issuer_name));
  TRY(Account account, context_.store.accounts.find_account(issuer_name, name));
  if (account.status != "valid") {
    return conflict("account " + account.issuer + "/" + account.name + " is not registered",
                    "account-not-valid");
  }
  if (!issuer.account_key_rollover) {
    return invalid(issuer.name + " does not offer key rollover; add a second account and move the sets to it",
                   "no-rollover");
  }
  if (account.next_key.empty()) {
    TRY(const SecretBytes key, context_.key_maker.make_key(account.key_type));
    TRY(Sealed sealed,
        context_.sealer.seal({"account", account.id, "key", account.key.ref.version + 1}, key, {}));
    account.next_key = std::move(sealed.secret);
    account.next_grants = std::move(sealed.grants);
    TRY(account.revision,
        context_.store.accounts.update_account(account, note_of(actor, "account.rollover-begun", account)));
  }
  return finish_roll(context_, issuer, std::move(account), note_of(actor, "account.rollover", account));
}

Status AccountDesk::remove(std::string_view issuer_name, std::string_view name, const Actor& actor) {
  TRY(const Account account, context_.store.accounts.find_account(issuer_name, name));
  for (std::string after;;) {
    TRY(const auto sets, context_.store.sets.list_sets(after, 200));
    if (sets.empty()) break;
    for (const CredentialSet& set : sets) {
      if (set.issuer == account.issuer && set.account == account.name) {
        return conflict("credential set " + set.name + " uses this account; delete or move it first",
                        "account-used");
      }
    }
    after = sets.back().name;
  }
  if (account.status == "valid") {
    TRY(const Opened opened, open(issuer_name, name));
    CHECK_OK(
        patiently([&] { return context_.authority.deactivate(opened.access(), Deadline::after(kCall)); }));
  }
  return context_.store.accounts.delete_account(issuer_name, name, note_of(actor, "account.delete", account));
}

Result<std::vector<Account>> AccountDesk::list() { return context_.store.accounts.list_accounts(); }

Result<Account> AccountDesk::show(std::string_view issuer, std::string_view name) {
  return context_.store.accounts.find_account(issuer, name);
}

Result<AccountDesk::Opened> AccountDesk::open(std::string_view issuer_name, std::string_view name) {
  TRY(IssuerRecord issuer, context_.store.issuers.find_issuer(issuer_name));
  TRY(Account account, context_.store.accounts.find_account(issuer_name, name));
  if (!account.next_key.empty()) {
    TRY(account, finish_roll(context_, issuer, account, note_of({"scheduler"}, "account.rollover", account)));
  }
  if (account.url.empty()) {
    return conflict("account " + account.issuer + "/" + account.name +
                        " is not registered yet; `certstead account add` does it",
                    "account-not-valid");
  }
  TRY(SecretBytes key, context_.sealer.open(account.key, account.grants));
  return Opened{std::move(issuer), std::move(account), std::move(key)};
}

Result<AccountDesk::Opened> AccountDesk::register_again(std::string_view issuer_name, std::string_view name) {
  TRY(const IssuerRecord issuer, context_.store.issuers.find_issuer(issuer_name));
  TRY(Account account, context_.store.accounts.find_account(issuer_name, name));
  account.url.clear();
  account.status = "new";
  CHECK_OK(register_now(context_, issuer, account,
                        note_of({"scheduler"}, "account.register", account, "the CA had forgotten it")));
  return open(issuer_name, name);
}

}  // namespace certstead
