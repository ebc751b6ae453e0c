#include <boost/json/object.hpp>
#include <cstdio>

#include "base/text.h"
#include "cli/follow.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

Table table_of_jobs(const boost::json::value& answer) {
  Table table({"JOB", "KIND", "SET", "STATUS", "TRIES", "CREATED", "ERROR"});
  for (const boost::json::value& job : json_elements(answer, "jobs")) {
    table.add({json_text(job, "id"), json_text(job, "kind"), json_text(job, "set"), json_text(job, "status"),
               std::to_string(json_number(job, "attempts")), show_moment(json_instant(job, "created")),
               json_text(job, "last_error_id")});
  }
  return table;
}

std::string details_of_job(const boost::json::value& job, Instant now) {
  Facts facts;
  facts.add("kind", json_text(job, "kind"));
  facts.add("set", json_text(job, "set"));
  facts.add("status", json_text(job, "status"));
  facts.add("tries", std::to_string(json_number(job, "attempts")));
  facts.add("created", show_moment_and_span(json_instant(job, "created"), now));
  const std::optional<Instant> finished = json_instant(job, "finished");
  if (finished) {
    facts.add("finished", show_moment_and_span(finished, now));
  } else {
    facts.add("runs", show_moment_and_span(json_instant(job, "run_at"), now));
  }
  facts.add("last error", json_text(job, "last_error"));
  std::string out = json_text(job, "id") + ":\n" + facts.text(2);
  for (const boost::json::value& line : json_elements(job, "progress")) {
    out += "  " + show_moment(json_instant(line, "at")) + "  " + json_text(line, "text") + "\n";
  }
  return out;
}

struct JobOptions {
  std::string id;
  bool follow = false;
};

Result<int> run_show_job(Session& session, const JobOptions& options) {
  if (!options.follow) {
    TRY(const boost::json::value job, session.api().get("/jobs/" + url_escape(options.id)));
    if (session.wants_json()) {
      session.print_json(job);
    } else {
      session.print(details_of_job(job, session.world().clock.now()));
    }
    return kExitOk;
  }
  TRY(const boost::json::value job, follow_job(session, options.id));
  if (session.wants_json()) session.print_json(job);
  CHECK_OK(outcome_of_job(job, session.world().clock.now()));
  return kExitOk;
}

Table table_of_audit(const boost::json::value& answer) {
  Table table({"NUMBER", "AT", "WHO", "ACTION", "OBJECT", "DETAIL"});
  for (const boost::json::value& record : json_elements(answer, "records")) {
    table.add({std::to_string(json_number(record, "number")), show_moment(json_instant(record, "at")),
               json_text(record, "actor"), json_text(record, "action"), json_text(record, "object"),
               json_text(record, "detail")});
  }
  return table;
}

// "30D8 7A17 9BA0 CA6E ..." of lower-case hex.
std::string show_key_id(const std::string& hex) {
  constexpr std::size_t kShown = 16, kGroup = 4;
  std::string out;
  for (std::size_t i = 0; i < hex.size() && i < kShown; ++i) {
    if (i > 0 && i % kGroup == 0) out += ' ';
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(hex[i])));
  }
  return hex.size() > kShown ? out + " ..." : out;
}

std::string show_key(const std::string& type) {
  if (type == "p256") return "NIST P-256";
  if (type == "p384") return "NIST P-384";
  return type.starts_with("rsa") ? "RSA " + type.substr(3) : type;
}

// "59.0 days", "15.0 years", "over"
std::string show_left(const std::optional<Instant>& until, Instant now) {
  if (!until) return "";
  if (*until <= now) return "over";
  constexpr double kYear = 365.25, kMostDays = 3 * kYear;
  const double days = std::chrono::duration<double, std::ratio<86400>>(*until - now).count();
  char text[32];
  std::snprintf(text, sizeof text, days > kMostDays ? "%.1f years" : "%.1f days",
                days > kMostDays ? days / kYear : days);
  return text;
}

constexpr std::size_t kMostEntries = 5000;

Result<int> run_show_cache(Session& session) {
  TRY(const boost::json::value answer, session.api().get("/cache?limit=5000"));
  if (session.wants_json()) {
    session.print_json(answer);
    return kExitOk;
  }
  Table table({"VIEW", "SUBJECT KEY IDENTIFIER", "KEY INFO", "EXPIRATION", "KEYFILE/TAG", "HOST NAMES"});
  const auto entries = json_elements(answer, "entries");
  for (const boost::json::value& entry : entries) {
    table.add({json_text(entry, "view"), show_key_id(json_text(entry, "subject_key_id")),
               show_key(json_text(entry, "key_type")),
               show_left(json_instant(entry, "not_after"), session.world().clock.now()),
               join(json_texts(entry, "tags"), " "), show_names(json_elements(entry, "names"))});
  }
  session.print(table);
  session.print(std::to_string(entries.size()) + " TLS credentials" +
                (entries.size() < kMostEntries ? "" : "; of a view no more than 5000 are shown"));
  return kExitOk;
}

std::string details_of_lookup(const std::string& name, const boost::json::value& found) {
  const boost::json::value& entry = json_member(found, "entry");
  Facts facts;
  facts.add("match", json_text(found, "why"));
  facts.add("names", show_names(json_elements(entry, "names")));
  facts.add("key", json_text(entry, "key_type"));
  facts.add("serial", json_text(entry, "serial"));
  facts.add("expires", entry.is_object() ? show_moment(json_instant(entry, "not_after")) : "");
  facts.add("assumed", json_text(found, "assumed"));
  return printable(name) + ":\n" + facts.text(2);
}

struct LookupOptions {
  std::string name, view = "gateway", protocol, tag, address, default_name, on_unknown_name, prefer;
  std::vector<std::string> algorithms;
  bool tls12 = false;
};

std::string asked_for(const LookupOptions& options) {
  for (const std::string* text : {&options.name, &options.tag, &options.address}) {
    if (!text->empty()) return *text;
  }
  return "no name";
}

Result<int> run_lookup(Session& session, const LookupOptions& options) {
  std::string path = "/cache/lookup?name=" + url_escape(options.name) + "&view=" + url_escape(options.view);
  if (!options.algorithms.empty()) path += "&sigalgs=" + url_escape(join(options.algorithms, ","));
  if (!options.protocol.empty()) path += "&protocol=" + url_escape(options.protocol);
  if (!options.tag.empty()) path += "&tag=" + url_escape(options.tag);
  if (!options.address.empty()) path += "&address=" + url_escape(options.address);
  if (!options.default_name.empty()) path += "&default_name=" + url_escape(options.default_name);
  if (!options.on_unknown_name.empty()) path += "&on_unknown_name=" + options.on_unknown_name;
  if (!options.prefer.empty()) path += "&prefer=" + options.prefer;
  if (options.tls12) path += "&tls12=1";
  TRY(const boost::json::value found, session.api().get(path));
  if (session.wants_json()) {
    session.print_json(found);
  } else {
    session.print(details_of_lookup(asked_for(options), found));
    for (const std::string& line : json_texts(found, "lines")) session.print(line);
  }
  return json_member(found, "entry").is_object() ? kExitOk : kExitFailed;
}

struct CacheLogOptions {
  std::string to, view;
};

Result<int> run_cache_log(Session& session, const CacheLogOptions& options) {
  boost::json::object body{{"on", options.to == "on"}};
  if (!options.view.empty()) body["view"] = options.view;
  TRY(const boost::json::value answer,
      options.to.empty() ? session.api().get("/cache/log") : session.api().put("/cache/log", body));
  if (session.wants_json()) {
    session.print_json(answer);
    return kExitOk;
  }
  Table table({"VIEW", "LOOK-UPS LOGGED"});
  for (const boost::json::value& view : json_elements(answer, "views")) {
    table.add({json_text(view, "view"), show_flag(json_flag(view, "on"))});
  }
  session.print(table);
  return kExitOk;
}

Verb list_jobs_verb() {
  auto limit = std::make_shared<std::int64_t>(20);
  Verb verb{.name = "list", .summary = "The newest jobs", .example = "certstead jobs list"};
  verb.number("--limit", "How many at most; default: 20", 1, 500, *limit);
  verb.run = [limit](Session& session) {
    return print_answer(session, "/jobs?limit=" + std::to_string(*limit), table_of_jobs);
  };
  return verb;
}

Verb show_job_verb() {
  auto options = std::make_shared<JobOptions>();
  Verb verb{.name = "show",
            .summary = "One job with its progress",
            .example = "certstead jobs show --follow 01HXYZ"};
  verb.text("id", "JOB", "Id of the job", options->id).needed();
  verb.toggle("-f,--follow", "Go on until it ends", options->follow);
  verb.run = [options](Session& session) { return run_show_job(session, *options); };
  return verb;
}

Verb list_audit_verb() {
  struct Options {
    std::int64_t after = 0, limit = 100;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "list", .summary = "Who did what", .example = "certstead audit list --after 200"};
  verb.number("--after", "Begin behind this number", 0, std::numeric_limits<std::int64_t>::max(),
              options->after);
  verb.number("--limit", "How many at most; default: 100", 1, 1000, options->limit);
  verb.run = [options](Session& session) {
    const std::string path =
        "/audit?after=" + std::to_string(options->after) + "&limit=" + std::to_string(options->limit);
    return print_answer(session, path, table_of_audit);
  };
  return verb;
}

Verb verify_audit_verb() {
  Verb verb{.name = "verify",
            .summary = "Recompute the chain of the audit log",
            .example = "certstead audit verify"};
  verb.run = [](Session& session) -> Result<int> {
    TRY(const boost::json::value answer, session.api().get("/audit/verify"));
    if (session.wants_json()) {
      session.print_json(answer);
    } else {
      session.print("the audit log is intact: " + std::to_string(json_number(answer, "records")) +
                    " records");
    }
    return kExitOk;
  };
  return verb;
}

Verb lookup_verb() {
  auto options = std::make_shared<LookupOptions>();
  Verb verb{.name = "lookup",
            .summary = "What a client would be served for a name, and why; ends with 1 if nothing",
            .example = "certstead cache lookup www.example.test --sigalgs rsa"};
  verb.text("name", "NAME", "The host name that the client asks for; without it a client without SNI",
            options->name);
  verb.list(
      "--sigalgs", "ALGORITHMS",
      "What the client can verify: ecdsa, rsa, ECDSA+SHA256, rsa_pss_rsae_sha256, 0x0403, ..., or none; "
      "default: ecdsa,rsa",
      options->algorithms);
  verb.text("--protocol", "PROTOCOL", "What is spoken: http, smtp, imap, ...; default: http",
            options->protocol);
  verb.toggle("--tls12", "The client speaks TLS 1.2 at most", options->tls12);
  verb.text("--tag", "TAG", "Tag of the listener, for clients without SNI", options->tag);
  verb.text("--address", "ADDR", "Address of the listener, likewise", options->address);
  verb.text("--default-name", "NAME", "The server's --default-name; default: this machine's name",
            options->default_name);
  verb.text("--on-unknown-name", "WHAT", "The server's --on-unknown-name; default: refuse",
            options->on_unknown_name)
      .one_of({"refuse", "default"});
  verb.text("--prefer", "KIND", "The server's --prefer; default: ecdsa", options->prefer)
      .one_of({"ecdsa", "rsa"});
  verb.text("--view", "VIEW", "Which view; default: gateway", options->view);
  verb.run = [options](Session& session) { return run_lookup(session, *options); };
  return verb;
}

Verb cache_log_verb() {
  auto options = std::make_shared<CacheLogOptions>();
  Verb verb{
      .name = "log",
      .summary = "Have every look-up logged by the gateway and all servers of a view, or see whether it is",
      .example = "certstead cache log on"};
  verb.text("to", "on|off", "Takes a second; default: show", options->to).one_of({"on", "off"});
  verb.text("--view", "VIEW", "Which view; default: all of this host", options->view);
  verb.run = [options](Session& session) { return run_cache_log(session, *options); };
  return verb;
}

Verb keep_jobs_verb() {
  auto days = std::make_shared<std::string>();
  Verb verb{.name = "keep",
            .summary = "Show or choose for how many days finished jobs are kept",
            .example = "certstead jobs keep 90"};
  verb.text("days", "DAYS", "1 to 3650", *days);
  verb.run = [days](Session& session) -> Result<int> {
    const std::string path = "/settings/keep-jobs-days";
    TRY(const boost::json::value answer,
        days->empty() ? session.api().get(path)
                      : session.api().put(path, boost::json::object{{"value", *days}}));
    if (session.wants_json()) {
      session.print_json(answer);
    } else {
      session.print("finished jobs are kept for " + json_text(answer, "value") + " days");
    }
    return kExitOk;
  };
  return verb;
}

}  // namespace

Result<int> print_answer(Session& session, const std::string& path,
                         const std::function<Table(const boost::json::value&)>& table) {
  TRY(const boost::json::value answer, session.api().get(path));
  if (session.wants_json()) {
    session.print_json(answer);
  } else {
    session.print(table(answer));
  }
  return kExitOk;
}

Verb jobs_verb() {
  Verb verb{
      .name = "jobs", .summary = "The manager's work: list show keep", .example = "certstead jobs list"};
  verb.verbs.push_back(list_jobs_verb());
  verb.verbs.push_back(show_job_verb());
  verb.verbs.push_back(keep_jobs_verb());
  return verb;
}

Verb audit_verb() {
  Verb verb{.name = "audit", .summary = "The audit log: list verify", .example = "certstead audit list"};
  verb.verbs.push_back(list_audit_verb());
  verb.verbs.push_back(verify_audit_verb());
  return verb;
}

Verb cache_verb() {
  Verb verb{.name = "cache",
            .summary = "What the views of this host hold and would serve: show lookup log",
            .example = "certstead cache show"};
  Verb show{.name = "show", .summary = "All entries of all views", .example = "certstead cache show"};
  show.run = run_show_cache;
  verb.verbs.push_back(std::move(show));
  verb.verbs.push_back(lookup_verb());
  verb.verbs.push_back(cache_log_verb());
  return verb;
}

Verb version_verb() {
  Verb verb{.name = "version",
            .summary = "Version of this program, and of the manager if it runs",
            .example = "certstead version"};
  verb.run = [](Session& session) -> Result<int> {
    const Result<boost::json::value> answer = session.api().get("/version");
    const std::string manager = answer ? json_text(*answer, "version") : "";
    if (session.wants_json()) {
      boost::json::object out{{"version", session.world().version}};
      out["manager"] = answer ? *answer : boost::json::value();
      session.print_json(out);
    } else {
      session.print("certstead " + session.world().version);
      if (!manager.empty()) session.print("manager   " + manager);
    }
    return kExitOk;
  };
  return verb;
}

}  // namespace certstead
