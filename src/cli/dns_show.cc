#include "cli/dns_show.h"

#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/show.h"

namespace certstead {
namespace {

std::string domains_of(const boost::json::value& account) {
  return show_names(json_elements(account, "domains"));
}

std::string settings_of(const boost::json::value& account) {
  std::vector<std::string> out;
  const auto& settings = json_member(account, "settings");
  if (!settings.is_object()) return {};
  for (const auto& member : settings.get_object())
    out.push_back(printable(member.key()) + "=" + json_text(settings, member.key()));
  return join(out, ", ");
}

// The lines of a text that has several.
std::vector<std::string> lines_of(const boost::json::value& object, std::string_view name) {
  std::vector<std::string> out;
  const auto& text = json_member(object, name);
  if (!text.is_string()) return out;
  for (const std::string_view line : split(trim(std::string_view(text.get_string())), '\n'))
    out.push_back(printable(line, 2'000));
  return out;
}

// One row for each line of an exchange; the cells before it stand in the first.
void add_exchange(Table& table, std::vector<Cell> before, const boost::json::value& exchange) {
  for (const std::string& line : lines_of(exchange, "text")) {
    std::vector<Cell> row = before;
    row.push_back(line);
    table.add(std::move(row));
    for (Cell& cell : before) cell.text.clear();
  }
}

// What a provider rests on.
Cell verified_cell(const boost::json::value& object) {
  const std::string verified = json_text(object, "verified");
  return {verified, verified == "server" ? Colour::kGreen : Colour::kNone};
}

Colour colour_of_state(std::string_view state) {
  if (state == "set") return Colour::kGreen;
  return state == "unknown" ? Colour::kYellow : Colour::kRed;
}

}  // namespace

Table dns_accounts_table(const boost::json::value& answer) {
  Table table({"NAME", "PROVIDER", "VERIFIED", "DOMAINS", "CHALLENGE", "SECRETS SINCE", "RECORDS", "STATE"});
  for (const boost::json::value& one : json_elements(answer, "accounts")) {
    const bool secrets = !json_texts(one, "secrets").empty();
    table.add(
        {json_text(one, "name"), json_text(one, "provider"), verified_cell(one), domains_of(one),
         json_text(one, "challenge"), secrets ? show_date(json_instant(one, "secrets_since")) : "",
         std::to_string(json_elements(one, "records").size()),
         json_flag(one, "enabled") ? Cell("enabled", Colour::kGreen) : Cell("disabled", Colour::kYellow)});
  }
  return table;
}

Table dns_providers_table(const boost::json::value& answer) {
  Table table({"CODE", "NAME", "KIND", "VERIFIED", "SECRETS"});
  for (const boost::json::value& one : json_elements(answer, "providers")) {
    std::vector<std::string> secrets;
    for (const boost::json::value& setting : json_elements(one, "settings")) {
      if (!json_flag(setting, "secret")) continue;
      const std::string environment = json_text(setting, "environment");
      secrets.push_back(environment.empty() ? json_text(setting, "name") : environment);
    }
    table.add({json_text(one, "code"), json_text(one, "title"), json_text(one, "kind"), verified_cell(one),
               join(secrets, ", ")});
  }
  return table;
}

Table dns_trace_table(const boost::json::value& answer) {
  Table table({"TIME", "STEP", "EXCHANGE"});
  for (const boost::json::value& one : json_elements(answer, "exchanges")) {
    const auto at = json_instant(one, "at");
    add_exchange(table, {at ? show_time_of_day(*at) : std::string(), json_text(one, "step")}, one);
  }
  return table;
}

void print_dns_account(Session& session, const boost::json::value& account) {
  if (session.wants_json()) return session.print_json(account);
  const Instant now = session.world().clock.now();
  Facts facts;
  facts.add("provider", json_text(account, "provider"));
  facts.add("domains", domains_of(account));
  facts.add("challenge", json_text(account, "challenge"));
  facts.add("settings", settings_of(account));
  facts.add("secrets", join(json_texts(account, "secrets"), ", "));
  if (!json_texts(account, "secrets").empty())
    facts.add("secrets since", show_moment_and_span(json_instant(account, "secrets_since"), now));
  if (json_instant(account, "rotate_at"))
    facts.add("new secrets due", show_date_and_span(json_instant(account, "rotate_at"), now));
  const std::int64_t delay = json_number(account, "delay_seconds");
  facts.add("propagation", json_text(account, "propagation") +
                               (delay > 0 ? ", after " + describe(std::chrono::seconds{delay}) : "") +
                               ", within " +
                               describe(std::chrono::seconds{json_number(account, "timeout_seconds")}));
  facts.add("enabled", show_flag(json_flag(account, "enabled")));
  facts.add("trace", json_flag(account, "traced") ? "on" : "");
  session.print(json_text(account, "name") + ":\n" + facts.text(2));
  const auto records = json_elements(account, "records");
  if (records.empty()) return;
  Table table({"RECORD", "VALUE", "STATE", "TRIES", "WHY"});
  for (const boost::json::value& one : records)
    table.add({json_text(one, "name"), json_text(one, "value"), json_text(one, "state"),
               std::to_string(json_number(one, "attempts")), json_text(one, "last_error")});
  session.print(table);
}

void print_dns_provider(Session& session, const boost::json::value& provider) {
  if (session.wants_json()) return session.print_json(provider);
  Facts facts;
  facts.add("name", json_text(provider, "title"));
  facts.add("kind", json_text(provider, "kind"));
  facts.add("verified", json_text(provider, "verified"));
  facts.add("rights", json_text(provider, "rights"));
  facts.add("documentation", json_text(provider, "documentation"));
  session.print(json_text(provider, "code") + ":\n" + facts.text(2));
  // Scripts may stand in it, so that no line is broken.
  std::string help;
  for (const std::string& line : lines_of(provider, "help")) help += line.empty() ? "\n" : "  " + line + "\n";
  if (!help.empty()) session.print("\n" + help + "\n");
  Table table({"SETTING", "ENVIRONMENT", "KIND", "ABOUT"});
  for (const boost::json::value& one : json_elements(provider, "settings")) {
    table.add({json_text(one, "name"), json_text(one, "environment"),
               std::string(json_flag(one, "secret") ? "secret" : "setting") +
                   (json_flag(one, "required") ? ", needed" : ""),
               json_text(one, "about")});
  }
  if (!table.empty()) session.print(table);
}

void print_dns_import(Session& session, const boost::json::value& report) {
  // A file may hold accounts alone.
  if (session.wants_json() || !json_text(report, "code").empty()) print_dns_provider(session, report);
  if (session.wants_json()) return;
  for (const boost::json::value& one : json_elements(report, "accounts")) {
    const std::string outcome = json_text(one, "outcome"), detail = json_text(one, "detail", 2'000);
    const std::string what =
        std::string(json_text(one, "kind") == "acme" ? "ACME account " : "DNS account ") +
        json_text(one, "name");
    session.say(what +
                (outcome == "created" ? ": made"
                 : outcome == "kept"  ? ": is there already, and stays as it is"
                                      : ": not made") +
                (detail.empty() ? "" : "; " + detail));
  }
  for (const boost::json::value& note : json_elements(report, "notes")) {
    if (note.is_string()) session.say(printable(std::string(note.get_string())));
  }
}

int print_dns_trial(Session& session, const boost::json::value& report) {
  const bool ok = json_flag(report, "ok");
  if (session.wants_json()) {
    session.print_json(report);
    return ok ? kExitOk : kExitFailed;
  }
  Facts facts;
  facts.add("account", json_text(report, "account"));
  facts.add("record", json_text(report, "name") + " TXT \"" + json_text(report, "value") + "\"");
  facts.add("zone", json_text(report, "zone"));
  session.print(facts.text());
  Table exchanges({"STEP", "EXCHANGE"});
  for (const boost::json::value& one : json_elements(report, "exchanges"))
    add_exchange(exchanges, {json_text(one, "step")}, one);
  session.print(exchanges);
  Table servers({"NAME SERVER", "SHOWS IT"});
  for (const boost::json::value& one : json_elements(report, "servers")) {
    const std::string problem = json_text(one, "problem");
    servers.add({json_text(one, "server"), problem.empty() ? show_flag(json_flag(one, "shows")) : problem});
  }
  if (!servers.empty()) session.print(servers);
  const std::string error = json_text(json_member(report, "error"), "detail");
  session.say(ok ? "written, " +
                       std::string(json_flag(report, "looked") ? "seen everywhere" : "not looked for") +
                       ", taken away"
                 : "failed: " + error);
  return ok ? kExitOk : kExitFailed;
}

void print_dns_assist(Session& session, const boost::json::value& report) {
  if (session.wants_json()) return session.print_json(report);
  const std::string challenge = json_text(report, "challenge"), account = json_text(report, "dns_account");
  Facts facts;
  facts.add("name", json_text(report, "name"));
  facts.add("issuer", json_text(report, "issuer"));
  facts.add("proved by", challenge.empty()
                             ? "nothing yet"
                             : challenge + (account.empty() ? "" : " with the DNS account " + account));
  session.print(facts.text());
  for (const boost::json::value& one : json_elements(report, "records")) {
    session.print("\n" + json_text(one, "name") + ". IN " + json_text(one, "type") + " " +
                  json_text(one, "value") + "\n");
    const std::string state = json_text(one, "state"), detail = json_text(one, "detail");
    session.print("  " + coloured(state, colour_of_state(state), session.colours()) +
                  (detail.empty() ? "" : ": " + detail) + "\n  " + json_text(one, "why") + "\n");
    for (const boost::json::value& server : json_elements(one, "servers")) {
      const std::string problem = json_text(server, "problem");
      const auto values = json_texts(server, "values");
      session.print("  " + json_text(server, "server") + ": " +
                    (!problem.empty() ? problem
                     : values.empty() ? "nothing"
                                      : join(values, " | ")) +
                    "\n");
    }
  }
  for (const std::string& note : json_texts(report, "notes")) session.print("\nnote: " + note + "\n");
}

}  // namespace certstead
