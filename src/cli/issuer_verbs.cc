#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>

#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

struct IssuerOptions {
  std::string name, directory, trust, description, profile;
  std::vector<std::string> allow, keys;
  bool needs_eab = false;
  std::int64_t max_names = 0, orders_per_hour = -1, failures_per_hour = -1, per_domain = -1, duplicates = -1;
};

// The flags that adding and changing share.
void add_issuer_flags(Verb& verb, IssuerOptions& into) {
  verb.text("name", "ISSUER", "Name of the issuer", into.name).needed();
  verb.text("--directory", "URL", "Its ACME directory, https://...", into.directory);
  verb.text("--trust", "FILE", "PEM roots for the connection to it, beside those of the system", into.trust)
      .file();
  verb.list("--allow", "CIDR", "Networks beyond the public internet where it may be reached", into.allow);
  verb.text("--description", "TEXT", "For people", into.description);
  verb.list("-k,--key", "TYPES", "Key types that it signs; default: all", into.keys);
  verb.text("--profile", "PROFILE", "Certificate profile to ask for unless a request says otherwise",
            into.profile);
  verb.toggle("--needs-eab", "Accounts need external account binding", into.needs_eab);
  verb.number("--max-names", "Names in one certificate", 1, 10'000, into.max_names);
  verb.number("--orders-per-hour", "Budget; 0: none", 0, 1'000'000, into.orders_per_hour);
  verb.number("--failures-per-hour", "Budget; 0: none", 0, 1'000'000, into.failures_per_hour);
  verb.number("--domain-per-week", "Budget of certificates for new names of one registered domain; 0: none",
              0, 1'000'000, into.per_domain);
  verb.number("--duplicates-per-week", "Budget of certificates for exactly the same names; 0: none", 0,
              1'000'000, into.duplicates);
}

boost::json::array texts(const std::vector<std::string>& from) {
  boost::json::array out;
  for (const std::string& text : from) out.emplace_back(text);
  return out;
}

// Only what was given, so that it serves for both adding and changing.
Result<boost::json::object> issuer_body(Session& session, const IssuerOptions& options) {
  boost::json::object body;
  if (!options.directory.empty()) body["directory_url"] = options.directory;
  if (!options.trust.empty()) {
    TRY(const std::string pem, read_file_or_input(session, options.trust));
    body["trusted_pem"] = pem;
  }
  if (!options.allow.empty()) body["allowed_networks"] = texts(options.allow);
  if (!options.description.empty()) body["description"] = options.description;
  if (!options.keys.empty()) body["key_types"] = texts(options.keys);
  if (!options.profile.empty()) body["default_profile"] = options.profile;
  if (options.needs_eab) body["needs_eab"] = true;
  if (options.max_names > 0) body["max_names"] = options.max_names;
  if (options.orders_per_hour >= 0) body["max_orders_per_hour"] = options.orders_per_hour;
  if (options.failures_per_hour >= 0) body["max_failures_per_hour"] = options.failures_per_hour;
  if (options.per_domain >= 0) body["max_per_domain_per_week"] = options.per_domain;
  if (options.duplicates >= 0) body["max_duplicates_per_week"] = options.duplicates;
  return body;
}

// The manager doesn't know from which file the roots are.
Result<boost::json::value> about_trust(Result<boost::json::value> answer, const IssuerOptions& options) {
  if (answer || answer.error().id != "issuer-trust") return answer;
  return answer.error().within(options.trust);
}

std::string details_of_issuer(const boost::json::value& issuer) {
  Facts facts;
  facts.add("description", json_text(issuer, "description"));
  facts.add("directory", json_text(issuer, "directory_url"));
  facts.add("own roots", json_text(issuer, "trusted_pem").empty() ? "" : "yes");
  facts.add("networks", join(json_texts(issuer, "allowed_networks"), ", "));
  facts.add("keys", join(json_texts(issuer, "key_types"), ", "));
  facts.add("wildcards", show_flag(json_flag(issuer, "wildcards")));
  facts.add("max names", std::to_string(json_number(issuer, "max_names")));
  facts.add("profile", json_text(issuer, "default_profile"));
  facts.add("needs eab", show_flag(json_flag(issuer, "needs_eab")));
  facts.add("built in", show_flag(json_flag(issuer, "built_in")));
  facts.add("terms seen", json_text(issuer, "terms_seen"));
  const boost::json::value& live = json_member(issuer, "directory");
  if (live.is_object()) {
    facts.add("terms now", json_text(live, "terms_of_service"));
    facts.add("website", json_text(live, "website"));
    facts.add("profiles", join(json_texts(live, "profiles"), ", "));
    facts.add("renewal info", show_flag(json_flag(live, "offers_renewal_info")));
  }
  return json_text(issuer, "name") + ":\n" + facts.text(2);
}

int print_issuer(Session& session, const boost::json::value& issuer) {
  if (session.wants_json()) {
    session.print_json(issuer);
  } else {
    session.print(details_of_issuer(issuer));
  }
  return kExitOk;
}

Result<int> list_issuers(Session& session) {
  TRY(const boost::json::value answer, session.api().get("/issuers"));
  if (session.wants_json()) {
    session.print_json(answer);
    return kExitOk;
  }
  TRY(const boost::json::value chosen, session.api().get("/settings/default-issuer"));
  const std::string default_name = json_text(chosen, "value");
  Table table({"ISSUER", "DEFAULT", "EAB", "DIRECTORY"});
  for (const boost::json::value& issuer : json_elements(answer, "issuers")) {
    const std::string name = json_text(issuer, "name");
    table.add({name, name == default_name ? "yes" : "", show_flag(json_flag(issuer, "needs_eab")),
               json_text(issuer, "directory_url")});
  }
  session.print(table);
  return kExitOk;
}

Verb add_verb() {
  auto options = std::make_shared<IssuerOptions>();
  Verb verb{
      .name = "add",
      .summary = "Add a CA that speaks ACME",
      .example =
          "certstead issuer add ours --directory https://ca.example.test/acme/directory --trust ca.pem"};
  add_issuer_flags(verb, *options);
  verb.run = [options](Session& session) -> Result<int> {
    if (options->directory.empty()) {
      return invalid("say where its directory is: --directory https://...", std::string(kWrongUsage));
    }
    TRY(boost::json::object body, issuer_body(session, *options));
    body["name"] = options->name;
    TRY(const boost::json::value issuer,
        about_trust(session.api().post("/issuers", std::move(body)), *options));
    return print_issuer(session, issuer);
  };
  return verb;
}

Verb change_verb() {
  auto options = std::make_shared<IssuerOptions>();
  Verb verb{.name = "change",
            .summary = "Change what is given, and leave the rest",
            .example = "certstead issuer change ours --orders-per-hour 50"};
  add_issuer_flags(verb, *options);
  verb.run = [options](Session& session) -> Result<int> {
    TRY(boost::json::object body, issuer_body(session, *options));
    TRY(const boost::json::value issuer,
        about_trust(session.api().patch("/issuers/" + url_escape(options->name), std::move(body)), *options));
    return print_issuer(session, issuer);
  };
  return verb;
}

Verb show_issuer_verb() {
  struct Options {
    std::string name;
    bool live = false;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "show",
            .summary = "Everything that is known of an issuer",
            .example = "certstead issuer show letsencrypt-staging --live"};
  verb.text("name", "ISSUER", "Name of the issuer", options->name).needed();
  verb.toggle("--live", "Also read its directory now", options->live);
  verb.run = [options](Session& session) -> Result<int> {
    const std::string query = options->live ? "?directory=1" : "";
    TRY(const boost::json::value issuer, session.api().get("/issuers/" + url_escape(options->name) + query));
    return print_issuer(session, issuer);
  };
  return verb;
}

Verb remove_verb() {
  auto name = std::make_shared<std::string>();
  Verb verb{.name = "remove",
            .summary = "Forget an issuer that nothing uses",
            .example = "certstead issuer remove ours"};
  verb.text("name", "ISSUER", "Name of the issuer", *name).needed();
  verb.run = [name](Session& session) -> Result<int> {
    CHECK_OK(session.api().remove("/issuers/" + url_escape(*name)));
    session.say("removed " + printable(*name));
    return kExitOk;
  };
  return verb;
}

Verb default_verb() {
  auto name = std::make_shared<std::string>();
  Verb verb{.name = "default",
            .summary = "Say or choose which issuer requests go to that name none",
            .example = "certstead issuer default letsencrypt"};
  verb.text("name", "ISSUER", "The issuer to take from now on", *name);
  verb.run = [name](Session& session) -> Result<int> {
    const std::string path = "/settings/default-issuer";
    if (!name->empty()) CHECK_OK(session.api().put(path, boost::json::object{{"value", *name}}));
    TRY(const boost::json::value setting, session.api().get(path));
    const std::string value = json_text(setting, "value");
    if (session.wants_json()) {
      session.print_json(setting);
    } else {
      session.print(value.empty() ? "none" : value);
    }
    return kExitOk;
  };
  return verb;
}

}  // namespace

Verb issuer_verb() {
  Verb verb{.name = "issuer",
            .summary = "CAs that sign for us: add list show change default remove",
            .example = "certstead issuer list"};
  verb.verbs.push_back(add_verb());
  Verb list{.name = "list", .summary = "All issuers", .example = "certstead issuer list"};
  list.run = list_issuers;
  verb.verbs.push_back(std::move(list));
  verb.verbs.push_back(show_issuer_verb());
  verb.verbs.push_back(change_verb());
  verb.verbs.push_back(default_verb());
  verb.verbs.push_back(remove_verb());
  return verb;
}

}  // namespace certstead
