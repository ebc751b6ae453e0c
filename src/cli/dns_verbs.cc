#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "cli/dns_secrets.h"
#include "cli/dns_show.h"
#include "cli/json_view.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

// Longer than a test record may take.
constexpr Duration kTrialPatience = std::chrono::minutes{4};

std::string account_path(const std::string& name) { return "/dns/accounts/" + url_escape(name); }

struct AccountFlags {
  std::string name, provider, propagation, challenge;
  std::vector<std::string> domains;
  DnsSettingFlags values;
  std::int64_t rotate_days = -1, delay = -1, timeout = -1;
  bool enable = false, disable = false;
};

void add_value_flags(Verb& verb, DnsSettingFlags& into) {
  verb.custom("--secret", "NAME=@FILE",
              "A secret from a file (- reads standard input); NAME alone asks for it",
              [&into](const std::string& text) -> Status {
                into.secrets.push_back(text);
                return Done{};
              })
      .many = true;
  verb.text("--secret-file", "FILE", "File with the one secret that the provider needs", into.secret_file)
      .file();
}

void add_account_flags(Verb& verb, AccountFlags& into) {
  verb.text("name", "NAME", "What to call the account", into.name).needed();
  verb.list("-d,--domain", "DOMAIN", "Domains that it answers for, with all names below", into.domains);
  verb.custom("--set", "NAME=VALUE", "A setting of the provider that is no secret",
              [&into](const std::string& text) -> Status {
                into.values.set.push_back(text);
                return Done{};
              })
      .many = true;
  verb.text("--propagation", "HOW", "How it is seen that a record is there", into.propagation)
      .one_of({"authoritative", "resolver", "delay"});
  verb.text("--challenge", "TYPE", "How names are proved with it", into.challenge)
      .one_of({"dns-01", "dns-account-01", "dns-persist-01"});
  verb.number("--delay", "Seconds to wait before looking", 0, 86'400, into.delay);
  verb.number("--timeout", "Seconds that a record may take to be seen", 1, 86'400, into.timeout);
  verb.number("--rotate-days", "Remind of new secrets after so many days; 0: never", 0, 36'500,
              into.rotate_days);
}

boost::json::object body_of(const AccountFlags& flags) {
  boost::json::object body;
  if (!flags.domains.empty()) {
    boost::json::array domains;
    for (const std::string& domain : flags.domains) domains.emplace_back(domain);
    body["domains"] = std::move(domains);
  }
  if (!flags.propagation.empty()) body["propagation"] = flags.propagation;
  if (!flags.challenge.empty()) body["challenge"] = flags.challenge;
  if (flags.delay >= 0) body["delay_seconds"] = flags.delay;
  if (flags.timeout >= 0) body["timeout_seconds"] = flags.timeout;
  if (flags.rotate_days >= 0) body["rotate_days"] = flags.rotate_days;
  return body;
}

Result<boost::json::value> provider_of(Session& session, const std::string& code) {
  if (code.empty()) return boost::json::value(boost::json::object());
  return session.api().get("/dns/providers/" + url_escape(code));
}

Result<int> run_add(Session& session, const AccountFlags& flags) {
  boost::json::object body = body_of(flags);
  body["name"] = flags.name;
  body["provider"] = flags.provider;
  TRY(const boost::json::value provider, provider_of(session, flags.provider));
  TRY(boost::json::object values, dns_settings_for_body(session, provider, flags.values, true));
  body["settings"] = std::move(values["settings"]);
  body["secrets"] = std::move(values["secrets"]);
  TRY(const boost::json::value account, session.api().post("/dns/accounts", body));
  print_dns_account(session, account);
  if (!session.wants_json() && !flags.domains.empty())
    session.say("try it with: certstead dns test " + flags.domains.front());
  return kExitOk;
}

Verb add_verb() {
  auto flags = std::make_shared<AccountFlags>();
  Verb verb{
      .name = "add",
      .summary = "Add an account at a DNS provider",
      .example =
          "certstead dns add main --provider cloudflare -d example.com --secret api_token=@/root/token"};
  add_account_flags(verb, *flags);
  verb.text("-p,--provider", "CODE", "The provider; `certstead dns providers` lists them", flags->provider);
  add_value_flags(verb, flags->values);
  verb.run = [flags](Session& session) { return run_add(session, *flags); };
  return verb;
}

Result<int> run_change(Session& session, const AccountFlags& flags) {
  if (flags.enable && flags.disable)
    return invalid("--enable and --disable contradict each other", std::string(kWrongUsage));
  boost::json::object body = body_of(flags);
  if (flags.enable || flags.disable) body["enabled"] = flags.enable;
  boost::json::object settings;
  for (const std::string& text : flags.values.set) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return invalid("--set wants NAME=VALUE; an empty VALUE takes the setting away",
                     std::string(kWrongUsage));
    settings[text.substr(0, equals)] = text.substr(equals + 1);
  }
  if (!settings.empty()) body["settings"] = std::move(settings);
  TRY(const boost::json::value account, session.api().patch(account_path(flags.name), body));
  print_dns_account(session, account);
  return kExitOk;
}

Verb change_verb() {
  auto flags = std::make_shared<AccountFlags>();
  Verb verb{.name = "change",
            .summary = "Change what is given; `rotate` is for secrets",
            .example = "certstead dns change main --timeout 1200"};
  add_account_flags(verb, *flags);
  verb.toggle("--enable", "Use it again", flags->enable);
  verb.toggle("--disable", "Begin nothing new with it", flags->disable);
  verb.run = [flags](Session& session) { return run_change(session, *flags); };
  return verb;
}

Verb rotate_verb() {
  auto flags = std::make_shared<AccountFlags>();
  auto at = std::make_shared<std::string>();
  Verb verb{
      .name = "rotate",
      .summary = "Give an account new secrets, which are proved with a test record before the old ones go",
      .example = "certstead dns rotate main --secret api_token=@/root/new-token"};
  verb.text("name", "NAME", "Name of the account", flags->name).needed();
  add_value_flags(verb, flags->values);
  verb.text("--at", "HOST", "Name to try them with; default: the first domain of the account", *at);
  verb.run = [flags, at](Session& session) -> Result<int> {
    TRY(const boost::json::value account, session.api().get(account_path(flags->name)));
    TRY(const boost::json::value provider, provider_of(session, json_text(account, "provider")));
    TRY(boost::json::object secrets, dns_secrets_for_body(session, provider, flags->values));
    boost::json::object body{{"secrets", std::move(secrets)}};
    if (!at->empty()) body["at"] = *at;
    TRY(const boost::json::value report,
        session.api().post(account_path(flags->name) + "/rotation", body, kTrialPatience));
    const int exit = print_dns_trial(session, report);
    if (!session.wants_json())
      session.say(exit == kExitOk ? "the new secrets are in use, the old ones are dropped"
                                  : "the old secrets stay in use");
    return exit;
  };
  return verb;
}

Verb test_verb() {
  auto name = std::make_shared<std::string>(), account = std::make_shared<std::string>();
  Verb verb{.name = "test",
            .summary = "Write a harmless TXT record where a name is proved, look for it, take it away",
            .example = "certstead dns test www.example.com"};
  verb.text("name", "HOST", "The name", *name).needed();
  verb.text("--account", "NAME", "DNS account; default: the one that answers for the name", *account);
  verb.run = [name, account](Session& session) -> Result<int> {
    boost::json::object body{{"name", *name}};
    if (!account->empty()) body["account"] = *account;
    TRY(const boost::json::value report, session.api().post("/dns/test", body, kTrialPatience));
    return print_dns_trial(session, report);
  };
  return verb;
}

Verb assist_verb() {
  auto options = std::make_shared<std::array<std::string, 4>>();
  Verb verb{.name = "assist",
            .summary = "Print the CNAME, CAA and TXT records to set for a name, and whether they are set",
            .example = "certstead dns assist '*.example.com'"};
  verb.text("name", "HOST", "The name", (*options)[0]).needed();
  verb.text("--issuer", "ISSUER", "The CA; default: the default one", (*options)[1]);
  verb.text("--account", "ACCOUNT", "The account at the CA", (*options)[2]);
  verb.text("--dns-account", "NAME", "The DNS account that the name is to be led to", (*options)[3]);
  verb.run = [options](Session& session) -> Result<int> {
    boost::json::object body{{"name", (*options)[0]}};
    const char* const members[] = {"", "issuer", "account", "dns_account"};
    for (std::size_t i = 1; i < options->size(); ++i) {
      if (!(*options)[i].empty()) body[members[i]] = (*options)[i];
    }
    TRY(const boost::json::value report, session.api().post("/dns/assist", body));
    print_dns_assist(session, report);
    return kExitOk;
  };
  return verb;
}

Verb trace_verb() {
  auto name = std::make_shared<std::string>(), word = std::make_shared<std::string>();
  Verb verb{.name = "trace",
            .summary = "Show what is said to an account's provider; on and off switch it",
            .example = "certstead dns trace main on"};
  verb.text("name", "NAME", "Name of the account", *name).needed();
  verb.text("switch", "on|off", "Default: show the last exchanges", *word).one_of({"on", "off"});
  verb.run = [name, word](Session& session) -> Result<int> {
    const std::string path = account_path(*name) + "/trace";
    if (word->empty()) return print_answer(session, path, dns_trace_table);
    CHECK_OK(session.api().put(path, boost::json::object{{"on", *word == "on"}}));
    session.say("the trace of " + printable(*name) + " is " + *word +
                (*word == "on" ? "; it ends with the manager" : ""));
    return kExitOk;
  };
  return verb;
}

Verb import_verb_of(const std::string& kind, const std::string& verb_name, const std::string& example) {
  auto file = std::make_shared<std::string>(), name = std::make_shared<std::string>();
  Verb verb{.name = verb_name,
            .summary = kind == "dxl"
                           ? "Bring a provider configuration of HCL Domino, as it is, with its accounts"
                           : "Bring a provider as a recipe of your own",
            .example = example};
  verb.text("file", "FILE", "The document; - reads standard input", *file).needed().file();
  verb.text("--name", "NAME", "What to call it; default: as it calls itself", *name);
  verb.run = [file, name, kind](Session& session) -> Result<int> {
    TRY(const std::string text, read_file_or_input(session, *file));
    boost::json::object body{{"kind", kind}, {"text", text}};
    if (!name->empty()) body["name"] = *name;
    TRY(const boost::json::value report, session.api().post("/dns/definitions", body, kTrialPatience));
    print_dns_import(session, report);
    return kExitOk;
  };
  return verb;
}

Verb export_verb_of() {
  auto name = std::make_shared<std::string>();
  Verb verb{.name = "export-dxl",
            .summary = "Print the text of a definition that was imported",
            .example = "certstead dns export-dxl OurDns > our-dns.dxl"};
  verb.text("name", "NAME", "Name of the definition", *name).needed();
  verb.run = [name](Session& session) -> Result<int> {
    TRY(const boost::json::value definition, session.api().get("/dns/definitions/" + url_escape(*name)));
    if (session.wants_json()) {
      session.print_json(definition);
      return kExitOk;
    }
    const auto& text = json_member(definition, "text");
    if (text.is_string()) session.print(text.get_string());
    return kExitOk;
  };
  return verb;
}

Verb approve_verb() {
  auto name = std::make_shared<std::string>(), hash = std::make_shared<std::string>();
  Verb verb{.name = "approve",
            .summary = "Let a definition run the commands with this SHA-256",
            .example = "certstead dns approve OurDns 6e34...f1"};
  verb.text("name", "NAME", "Name of the definition", *name).needed();
  verb.text("sha256", "SHA256", "As `dns providers NAME` shows it", *hash).needed();
  verb.run = [name, hash](Session& session) -> Result<int> {
    CHECK_OK(session.api().put("/dns/definitions/" + url_escape(*name) + "/approval",
                               boost::json::object{{"sha256", *hash}}));
    session.say("approved " + printable(*name));
    return kExitOk;
  };
  return verb;
}

Verb providers_verb() {
  auto code = std::make_shared<std::string>();
  Verb verb{.name = "providers",
            .summary = "Providers, or one with the settings and the rights that it needs",
            .example = "certstead dns providers cloudflare"};
  verb.text("code", "CODE", "One of them", *code);
  verb.run = [code](Session& session) -> Result<int> {
    if (code->empty()) return print_answer(session, "/dns/providers", dns_providers_table);
    TRY(const boost::json::value provider, session.api().get("/dns/providers/" + url_escape(*code)));
    print_dns_provider(session, provider);
    return kExitOk;
  };
  return verb;
}

Verb named(Verb verb, std::function<Result<int>(Session&, const std::string&)> run) {
  auto name = std::make_shared<std::string>();
  verb.text("name", "NAME", "Its name", *name).needed();
  verb.run = [name, run = std::move(run)](Session& session) { return run(session, *name); };
  return verb;
}

Result<int> run_show(Session& session, const std::string& name) {
  TRY(const boost::json::value account, session.api().get(account_path(name)));
  print_dns_account(session, account);
  return kExitOk;
}

Result<int> run_remove(Session& session, const std::string& path) {
  CHECK_OK(session.api().remove(path));
  session.say("removed");
  return kExitOk;
}

}  // namespace

Verb dns_verb() {
  Verb verb{.name = "dns",
            .summary =
                "Names proved over DNS: list show add change remove test assist rotate trace providers "
                "import-recipe import-dxl export-dxl approve remove-definition",
            .example = "certstead dns list"};
  Verb list{.name = "list", .summary = "Accounts at DNS providers", .example = "certstead dns list"};
  list.run = [](Session& session) { return print_answer(session, "/dns/accounts", dns_accounts_table); };
  verb.verbs.push_back(std::move(list));
  verb.verbs.push_back(named({.name = "show",
                              .summary = "One account, with what stands in its zones",
                              .example = "certstead dns show main"},
                             run_show));
  verb.verbs.push_back(add_verb());
  verb.verbs.push_back(change_verb());
  verb.verbs.push_back(named(
      {.name = "remove", .summary = "Forget an account", .example = "certstead dns remove main"},
      [](Session& session, const std::string& name) { return run_remove(session, account_path(name)); }));
  verb.verbs.push_back(test_verb());
  verb.verbs.push_back(assist_verb());
  verb.verbs.push_back(rotate_verb());
  verb.verbs.push_back(trace_verb());
  verb.verbs.push_back(providers_verb());
  verb.verbs.push_back(import_verb_of("recipe", "import-recipe", "certstead dns import-recipe our-dns.toml"));
  verb.verbs.push_back(import_verb_of("dxl", "import-dxl", "certstead dns import-dxl OurDns.dxl"));
  verb.verbs.push_back(export_verb_of());
  verb.verbs.push_back(approve_verb());
  verb.verbs.push_back(named({.name = "remove-definition",
                              .summary = "Forget a provider that was imported",
                              .example = "certstead dns remove-definition OurDns"},
                             [](Session& session, const std::string& name) {
                               return run_remove(session, "/dns/definitions/" + url_escape(name));
                             }));
  return verb;
}

}  // namespace certstead
