#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

struct HealthOptions {
  std::string name;
  bool now = false;
};

std::string subjects_of(const boost::json::value& finding) {
  const std::vector<std::string> names = json_texts(finding, "subjects");
  const auto more = static_cast<std::size_t>(json_number(finding, "count")) - names.size();
  return join(names, ", ") + (more == 0 ? "" : " and " + std::to_string(more) + " more");
}

void print_health(Session& session, const boost::json::value& answer) {
  if (session.wants_json()) return session.print_json(answer);
  Table table({"HEALTH", "WHAT", "REASON"});
  for (const boost::json::value& finding : json_elements(answer, "findings")) {
    const std::string severity = json_text(finding, "severity");
    table.add(
        {Cell(severity, colour_of_health(severity)), subjects_of(finding), json_text(finding, "detail")});
  }
  if (!table.empty()) session.print(table);
  const boost::json::value& sets = json_member(answer, "sets");
  session.print("sets: " + std::to_string(json_number(sets, "green")) + " green, " +
                std::to_string(json_number(sets, "yellow")) + " yellow, " +
                std::to_string(json_number(sets, "red")) + " red\n");
}

int exit_code_of_health(const boost::json::value& answer) {
  return json_text(answer, "overall") == "red" ? kExitRed : kExitOk;
}

Result<int> run_health(Session& session, const HealthOptions& options) {
  TRY(const boost::json::value answer,
      session.api().get("/health" + (options.name.empty() ? "" : "?name=" + url_escape(options.name))));
  print_health(session, answer);
  return exit_code_of_health(answer);
}

Verb check_verb() {
  auto options = std::make_shared<HealthOptions>();
  Verb verb{.name = "check",
            .summary = "Look at everything now: chains, revocation, watched addresses",
            .example = "certstead health check --now"};
  verb.text("name", "NAME", "Only this set", options->name);
  verb.toggle("--now", "Don't wait until the next look is due", options->now);
  verb.run = [options](Session& session) -> Result<int> {
    HealthOptions plain = *options;
    if (!options->now) return run_health(session, plain);
    boost::json::object body;
    if (!options->name.empty()) body["set"] = options->name;
    TRY(const boost::json::value answer, session.api().post("/health/check", body));
    print_health(session, answer);
    return exit_code_of_health(answer);
  };
  return verb;
}

Table table_of_watches(const boost::json::value& answer) {
  Table table({"ADDRESS", "STARTTLS", "ASKS FOR", "HEALTH", "LAST LOOK", "SERIAL", "EXPIRES"});
  for (const boost::json::value& watch : json_elements(answer, "watches")) {
    const boost::json::value& last = json_member(watch, "last");
    const std::string status = last.is_object() ? json_text(last, "status") : "-";
    table.add({json_text(watch, "name"), json_text(watch, "starttls"), json_text(watch, "server_name"),
               Cell(status, colour_of_health(status)), show_moment(json_instant(last, "at")),
               json_text(last, "serial"), show_date(json_instant(last, "not_after"))});
  }
  return table;
}

Verb add_watch_verb() {
  struct Options {
    std::string address, starttls, name, roots;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "add",
            .summary = "Watch an address by real handshakes, once a day",
            .example = "certstead health watch add mail.example.test:587 --starttls smtp"};
  verb.text("address", "HOST[:PORT]", "Where to connect; the port is 443 unless it is given",
            options->address)
      .needed();
  verb.text("--starttls", "PROTOCOL", "Speak this first, then start TLS", options->starttls)
      .one_of({"smtp", "imap", "pop3", "ldap", "ftp", "postgres"});
  verb.text("--name", "SNI", "Name to ask for; default: HOST", options->name);
  verb.text("--roots", "WHICH", "system (and the store's) or store alone; default: system", options->roots)
      .one_of({"system", "store"});
  verb.run = [options](Session& session) -> Result<int> {
    boost::json::object body{{"address", options->address}};
    if (!options->starttls.empty()) body["starttls"] = options->starttls;
    if (!options->name.empty()) body["server_name"] = options->name;
    if (!options->roots.empty()) body["roots"] = options->roots;
    TRY(const boost::json::value answer, session.api().post("/health/watches", body));
    if (session.wants_json()) {
      session.print_json(answer);
    } else {
      session.say("watching " + json_text(answer, "name"));
    }
    return kExitOk;
  };
  return verb;
}

Verb watch_verb() {
  Verb verb{.name = "watch",
            .summary = "Addresses whose served certificate is looked at: add list remove",
            .example = "certstead health watch list"};
  verb.verbs.push_back(add_watch_verb());
  Verb list{.name = "list", .summary = "All of them", .example = "certstead health watch list"};
  list.run = [](Session& session) -> Result<int> {
    TRY(const boost::json::value answer, session.api().get("/health/watches"));
    if (session.wants_json()) {
      session.print_json(answer);
    } else {
      session.print(table_of_watches(answer));
    }
    return kExitOk;
  };
  verb.verbs.push_back(std::move(list));
  auto address = std::make_shared<std::string>();
  Verb remove{.name = "remove",
              .summary = "Watch an address no longer",
              .example = "certstead health watch remove mail.example.test:587"};
  remove.text("address", "HOST:PORT", "As the list shows it", *address).needed();
  remove.run = [address](Session& session) -> Result<int> {
    CHECK_OK(session.api().remove("/health/watches/" + url_escape(*address)));
    session.say("removed " + printable(*address));
    return kExitOk;
  };
  verb.verbs.push_back(std::move(remove));
  return verb;
}

Verb settings_verb() {
  struct Options {
    std::int64_t failures = 0, repeat = 0, hour = -1, heartbeat = 0, watch = 0;
    std::string digest;
    std::vector<std::string> networks;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "settings",
            .summary = "Show or change when people are told, and how often addresses are looked at",
            .example = "certstead health settings --digest daily --digest-hour 6"};
  verb.number("--failures", "Failed renewals in a row before it is told", 1, 100, options->failures);
  verb.number("--repeat-hours", "Tell again while it stands", 1, 720, options->repeat);
  verb.text("--digest", "WHEN", "daily: one message a day; off: at once", options->digest)
      .one_of({"daily", "off"});
  verb.number("--digest-hour", "Hour of the digest, UTC", 0, 23, options->hour);
  verb.number("--heartbeat-minutes", "Between two calls of heartbeat webhooks", 1, 1440, options->heartbeat);
  verb.number("--watch-hours", "Between two looks at a watched address", 1, 720, options->watch);
  verb.list("--revocation-networks", "CIDR", "Private networks where CRLs and responders may be asked",
            options->networks);
  verb.run = [options](Session& session) -> Result<int> {
    boost::json::object body;
    if (!options->networks.empty()) {
      boost::json::array networks;
      for (const std::string& block : options->networks) networks.emplace_back(block);
      body["revocation_networks"] = std::move(networks);
    }
    if (options->failures > 0) body["failures"] = options->failures;
    if (options->repeat > 0) body["repeat_hours"] = options->repeat;
    if (!options->digest.empty()) body["digest"] = options->digest == "daily";
    if (options->hour >= 0) body["digest_hour"] = options->hour;
    if (options->heartbeat > 0) body["heartbeat_minutes"] = options->heartbeat;
    if (options->watch > 0) body["watch_hours"] = options->watch;
    TRY(const boost::json::value answer,
        body.empty() ? session.api().get("/settings/health") : session.api().put("/settings/health", body));
    if (session.wants_json()) {
      session.print_json(answer);
      return kExitOk;
    }
    Facts facts;
    facts.add("failures", std::to_string(json_number(answer, "failures")));
    facts.add("repeat", std::to_string(json_number(answer, "repeat_hours")) + " h");
    facts.add("digest", json_flag(answer, "digest")
                            ? "daily at " + std::to_string(json_number(answer, "digest_hour")) + ":00 UTC"
                            : "off");
    facts.add("heartbeat", std::to_string(json_number(answer, "heartbeat_minutes")) + " min");
    facts.add("watch", std::to_string(json_number(answer, "watch_hours")) + " h");
    facts.add("networks", join(json_texts(answer, "revocation_networks"), ", "));
    session.print(facts.text());
    return kExitOk;
  };
  return verb;
}

}  // namespace

Verb health_verb() {
  auto options = std::make_shared<HealthOptions>();
  Verb verb{.name = "health",
            .summary = "What is wrong, each reason once, the worst first; ends with 4 if anything is red",
            .example = "certstead health www.example.test"};
  verb.text("name", "NAME", "Only this set", options->name);
  verb.run = [options](Session& session) { return run_health(session, *options); };
  verb.verbs.push_back(check_verb());
  verb.verbs.push_back(watch_verb());
  verb.verbs.push_back(settings_verb());
  return verb;
}

}  // namespace certstead
