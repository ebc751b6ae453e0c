#include <boost/json/object.hpp>

#include "base/file.h"
#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

struct AccountName {
  std::string issuer, name = "default";
  std::string path() const { return "/accounts/" + url_escape(issuer) + "/" + url_escape(name); }
};

void add_account_name(Verb& verb, AccountName& into) {
  verb.text("issuer", "ISSUER", "Name of the issuer", into.issuer).needed();
  verb.text("account", "ACCOUNT", "Name of the account; default: default", into.name);
}

int print_account(Session& session, const boost::json::value& account) {
  if (session.wants_json()) {
    session.print_json(account);
    return kExitOk;
  }
  Facts facts;
  facts.add("status", json_text(account, "status"));
  facts.add("email", json_text(account, "email"));
  facts.add("key", json_text(account, "key_type"));
  facts.add("url", json_text(account, "url"));
  facts.add("agreed terms", json_text(account, "agreed_terms"));
  facts.add("eab kid", json_text(account, "eab_kid"));
  if (json_flag(account, "key_rollover_pending"))
    facts.add("key rollover", "begun; run it again to finish it");
  facts.add("created", show_moment(json_instant(account, "created")));
  session.print(json_text(account, "issuer") + ", " + json_text(account, "name") + ":\n" + facts.text(2));
  return kExitOk;
}

struct AddOptions {
  AccountName account;
  std::string email, key, eab_kid, eab_hmac_file;
  bool agree_tos = false;
};

Result<int> run_add(Session& session, const AddOptions& options) {
  boost::json::object body{{"issuer", options.account.issuer}};
  body["name"] = options.account.name;
  body["email"] = options.email;
  body["agree_tos"] = options.agree_tos;
  if (!options.key.empty()) body["key_type"] = options.key;
  if (options.eab_kid.empty() != options.eab_hmac_file.empty()) {
    return invalid("give both --eab-kid and --eab-hmac-file, as the CA gave them", std::string(kWrongUsage));
  }
  if (!options.eab_kid.empty()) {
    TRY(const SecretBytes hmac, read_secret(session, options.eab_hmac_file));
    body["eab_kid"] = options.eab_kid;
    body["eab_hmac"] = view_text(hmac.reveal());
  }
  TRY(const boost::json::value account, session.api().post("/accounts", std::move(body)));
  return print_account(session, account);
}

Verb add_verb() {
  auto options = std::make_shared<AddOptions>();
  Verb verb{.name = "add",
            .summary = "Register an account at a CA",
            .example = "certstead account add letsencrypt --email admin@example.test --agree-tos"};
  add_account_name(verb, options->account);
  verb.text("-m,--email", "ADDRESS", "Where the CA may write to", options->email);
  verb.text("-k,--key", "TYPE", "Key of the account; default: p256", options->key);
  verb.toggle("--agree-tos", "You agree to the CA's terms of service", options->agree_tos);
  verb.text("--eab-kid", "ID", "External account binding: the key id that the CA gave", options->eab_kid);
  verb.text("--eab-hmac-file", "FILE", "File with the HMAC key that the CA gave; - reads standard input",
            options->eab_hmac_file)
      .file();
  verb.run = [options](Session& session) { return run_add(session, *options); };
  return verb;
}

Result<int> list_accounts(Session& session) {
  TRY(const boost::json::value answer, session.api().get("/accounts"));
  if (session.wants_json()) {
    session.print_json(answer);
    return kExitOk;
  }
  Table table({"ISSUER", "ACCOUNT", "STATUS", "KEY", "EMAIL", "CREATED"});
  for (const boost::json::value& account : json_elements(answer, "accounts")) {
    table.add({json_text(account, "issuer"), json_text(account, "name"), json_text(account, "status"),
               json_text(account, "key_type"), json_text(account, "email"),
               show_date(json_instant(account, "created"))});
  }
  session.print(table);
  return kExitOk;
}

// A verb that posts to the account and shows it.
Verb post_verb(std::string name, std::string summary) {
  auto account = std::make_shared<AccountName>();
  Verb verb{
      .name = name, .summary = std::move(summary), .example = "certstead account " + name + " letsencrypt"};
  add_account_name(verb, *account);
  verb.run = [account, name](Session& session) -> Result<int> {
    TRY(const boost::json::value answer,
        session.api().post(account->path() + "/" + name, boost::json::object()));
    return print_account(session, answer);
  };
  return verb;
}

Verb show_account_verb() {
  auto account = std::make_shared<AccountName>();
  Verb verb{.name = "show",
            .summary = "Everything that is known of an account",
            .example = "certstead account show letsencrypt"};
  add_account_name(verb, *account);
  verb.run = [account](Session& session) -> Result<int> {
    TRY(const boost::json::value answer, session.api().get(account->path()));
    return print_account(session, answer);
  };
  return verb;
}

Verb remove_verb() {
  struct Options {
    AccountName account;
    bool yes = false;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "remove",
            .summary = "Deactivate an account at the CA, for ever, and forget it",
            .example = "certstead account remove letsencrypt"};
  add_account_name(verb, options->account);
  verb.toggle("-y,--yes", "Don't ask", options->yes);
  verb.run = [options](Session& session) -> Result<int> {
    const std::string shown = printable(options->account.name + " at " + options->account.issuer);
    if (!options->yes && !session.confirm("Deactivate the account " + shown + " for ever?")) {
      return invalid("nothing was removed");
    }
    CHECK_OK(session.api().remove(options->account.path()));
    session.say("removed the account " + shown);
    return kExitOk;
  };
  return verb;
}

}  // namespace

Verb account_verb() {
  Verb verb{.name = "account",
            .summary = "Accounts at CAs: add list show agree rollover remove",
            .example = "certstead account list"};
  verb.verbs.push_back(add_verb());
  Verb list{.name = "list", .summary = "All accounts", .example = "certstead account list"};
  list.run = list_accounts;
  verb.verbs.push_back(std::move(list));
  verb.verbs.push_back(show_account_verb());
  verb.verbs.push_back(post_verb("agree", "Agree to the CA's present terms of service"));
  verb.verbs.push_back(post_verb("rollover", "Replace the key of the account"));
  verb.verbs.push_back(remove_verb());
  return verb;
}

}  // namespace certstead
