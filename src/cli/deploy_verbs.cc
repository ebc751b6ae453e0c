#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>

#include "base/text.h"
#include "cli/deploy_places.h"
#include "cli/deploy_telling.h"
#include "cli/server_flags.h"
#include "cli/show.h"
#include "cli/show_deployment.h"
#include "cli/verbs.h"
#include "deploy/report_json.h"

namespace certstead {
namespace {

using Places = std::shared_ptr<DeployPlaces>;

// Known to every verb of deploy, in the environment as CERTSTEAD_DEPLOY_DIR and so on.
void add_place_flags(Verb& verb, const Places& places) {
  for (Verb& child : verb.verbs) add_place_flags(child, places);
  const auto mark = [](Flag& flag) {
    flag.global = true;
    flag.from_config().file();
  };
  mark(verb.text("--deploy-dir", "DIR", "Where the deployments are; default: " + places->directory,
                 places->directory));
  mark(verb.text("--deploy-view", "DIR", "The view they are made from; default: " + places->view,
                 places->view));
  mark(verb.text("--deploy-state", "DIR", "What is remembered between runs; default: " + places->state,
                 places->state));
}

DeployHost host_of(const DeployPlaces& places, Session& session, LogSink& log) {
  return DeployHost(places, session.world().clock, log);
}

// The certificates in the files, "p256 0a1b, rsa2048 0c2d"; "-" if there are none.
std::string deployed_text(const DeploymentReport& report) {
  std::vector<std::string> parts;
  for (const DeployedCertificate& file : report.deployed) {
    parts.push_back(std::string(key_type_name(file.key_type)) + " " + file.serial);
  }
  return parts.empty() ? "-" : join(parts, ", ");
}

std::string served_text(const DeploymentReport& report) {
  if (report.served.empty()) return "not asked";
  for (const ServedCertificate& one : report.served) {
    if (!one.problem.empty()) return "no";
  }
  return "yes";
}

Cell outcome_cell(const DeploymentReport& report) {
  const bool done = report.outcome == DeployOutcome::kDone;
  return {std::string(deploy_outcome_name(report.outcome)), done ? Colour::kGreen : Colour::kRed};
}

void print_runs(Session& session, const std::vector<DeployRun>& runs) {
  if (session.wants_json()) {
    boost::json::array out;
    for (const DeployRun& run : runs) {
      boost::json::object one = report_to_json(run.report);
      one["changed"] = run.changed;
      boost::json::array lines;
      for (const std::string& line : run.lines) lines.emplace_back(printable(line, 3000));
      one["lines"] = std::move(lines);
      out.emplace_back(std::move(one));
    }
    session.print_json(boost::json::object{{"deployments", std::move(out)}});
    return;
  }
  Table table({"DEPLOYMENT", "SET", "OUTCOME", "CHANGED", "DEPLOYED", "SERVED"});
  std::string more;
  for (const DeployRun& run : runs) {
    table.add({run.report.name, run.report.set_name, outcome_cell(run.report), show_flag(run.changed),
               deployed_text(run.report), served_text(run.report)});
    for (const std::string& line : run.lines) more += run.report.name + ": " + printable(line, 3000) + "\n";
    if (!run.report.error.empty()) more += run.report.name + ": " + printable(run.report.error, 3000) + "\n";
  }
  session.print(table);
  session.print(more);
}

Status print_description(Session& session, const DeployHost& host, const DeployHost::Wanted& wanted,
                         bool& fine) {
  TRY(const auto described, host.describe(wanted));
  boost::json::array out;
  std::string text;
  for (const auto& [name, lines] : described) {
    boost::json::array json_lines;
    if (!lines) {
      fine = false;
      text += name + ": " + printable(lines.error().detail, 3000) + "\n";
      out.emplace_back(boost::json::object{{"name", name}, {"error", lines.error().detail}});
      continue;
    }
    for (const std::string& line : *lines) {
      text += name + ": " + printable(line, 3000) + "\n";
      json_lines.emplace_back(printable(line, 3000));
    }
    out.emplace_back(boost::json::object{{"name", name}, {"steps", std::move(json_lines)}});
  }
  if (session.wants_json()) {
    session.print_json(boost::json::object{{"deployments", std::move(out)}});
  } else {
    session.print(text);
  }
  return Done{};
}

// The manager hears of these runs, and of earlier ones that it did not hear of. A deployment is no failure
// because nobody could be told.
void tell_manager(Session& session, const DeployHost& host, const std::vector<DeployRun>& runs) {
  std::map<std::string, DeploymentReport> reports;
  if (const auto untold = host.untold()) {
    for (const DeploymentReport& report : *untold) reports.insert_or_assign(report.name, report);
  }
  for (const DeployRun& run : runs) {
    if (!run.report.set_name.empty()) reports.insert_or_assign(run.report.name, run.report);
  }
  for (const auto& [name, report] : reports) {
    Status told = send_report(session.api(), report);
    const bool unreachable = !told && told.error().id == kManagerUnreachable;
    if (told) told = host.mark_told(report);
    if (!told)
      session.say("the manager was not told of " + name + ", the next run does it: " + told.error().detail);
    if (unreachable) return;
  }
}

struct RunOptions {
  std::string name;
  bool dry_run = false, force = false;
};

Result<int> run_deployments(Session& session, const DeployPlaces& places, const RunOptions& options) {
  NullLog log;
  const DeployHost host = host_of(places, session, log);
  const auto wanted = [&](const std::string& name) { return options.name.empty() || name == options.name; };
  if (!options.name.empty()) {
    const auto known = host.directory().find(options.name);
    if (!known) return known.error();
  }
  bool fine = true;
  if (options.dry_run) {
    CHECK_OK(print_description(session, host, wanted, fine));
    return fine ? kExitOk : kExitFailed;
  }
  TRY(const auto runs, host.run(options.force ? DeployHost::Mode::kForce : DeployHost::Mode::kRun, wanted));
  if (runs.empty()) {
    session.say("There are no deployments in " + printable(places.directory) +
                "; make one: certstead deploy add");
  } else {
    print_runs(session, runs);
    tell_manager(session, host, runs);
  }
  for (const DeployRun& run : runs) fine = fine && run.report.outcome == DeployOutcome::kDone;
  return fine ? kExitOk : kExitFailed;
}

Verb run_verb(const Places& places) {
  auto options = std::make_shared<RunOptions>();
  Verb verb{
      .name = "run",
      .summary =
          "Deploy what has changed, now: files, hooks, proof. May run as root, to write root's files and "
          "run root's commands",
      .example = "certstead deploy run --dry-run"};
  verb.text("name", "NAME", "Only this one", options->name);
  verb.toggle("--dry-run", "Say what would be written, run and proved, and do nothing", options->dry_run);
  verb.toggle("--force", "Run the hooks although nothing has changed", options->force);
  verb.run = [places, options](Session& session) { return run_deployments(session, *places, *options); };
  return verb;
}

Verb list_deployments_verb(const Places& places) {
  Verb verb{.name = "list",
            .summary = "The deployments of this host, and how the last run of each ended",
            .example = "certstead deploy list"};
  verb.run = [places](Session& session) -> Result<int> {
    TRY(const auto files, DeployDirectory(places->directory).list());
    Table table({"DEPLOYMENT", "SET", "LAYOUT", "OUTCOME", "DEPLOYED", "SERVED"});
    boost::json::array out;
    std::string problems;
    for (const DeployFile& file : files) {
      const auto state = read_state(places->state, file.name);
      const bool known = state && state->report;
      const DeploymentReport report = known ? *state->report : DeploymentReport{};
      boost::json::object one{{"name", file.name}};
      if (!file.deployment)
        problems += file.name + ": " + printable(file.deployment.error().detail, 2000) + "\n";
      one["error"] = file.deployment ? "" : file.deployment.error().detail;
      one["report"] = known ? boost::json::value(report_to_json(report)) : boost::json::value();
      out.emplace_back(std::move(one));
      table.add({file.name, file.deployment ? file.deployment->set : "?",
                 file.deployment ? std::string(layout_name(file.deployment->layout)) : "?",
                 known ? outcome_cell(report) : Cell("not run yet"), deployed_text(report),
                 known ? served_text(report) : "-"});
    }
    if (session.wants_json()) {
      session.print_json(boost::json::object{{"deployments", std::move(out)}});
    } else if (table.empty()) {
      session.say("There are no deployments in " + printable(places->directory));
    } else {
      session.print(table);
      session.print(problems);
    }
    return problems.empty() ? kExitOk : kExitFailed;
  };
  return verb;
}

Verb show_deployment_verb(const Places& places) {
  auto name = std::make_shared<std::string>();
  Verb verb{.name = "show",
            .summary = "One deployment: its file, and what its last run found",
            .example = "certstead deploy show www"};
  verb.text("name", "NAME", "Name of the deployment", *name).needed();
  verb.run = [places, name](Session& session) -> Result<int> {
    TRY(const Deployment deployment, DeployDirectory(places->directory).find(*name));
    TRY(const DeployState state, read_state(places->state, *name));
    const std::string text = deployment_text(deployment);
    if (session.wants_json()) {
      boost::json::object out{{"name", *name}, {"config", text}};
      out["report"] = state.report ? boost::json::value(report_to_json(*state.report)) : boost::json::value();
      session.print_json(out);
      return kExitOk;
    }
    const Instant now = session.world().clock.now();
    Facts facts;
    facts.add("outcome", "not run yet");
    if (state.report) facts = facts_of_deployment(report_to_json(*state.report), now);
    session.print(text + "\n" + facts.text(0));
    return kExitOk;
  };
  return verb;
}

// What somebody has removed by hand before is still forgotten by the manager.
Result<int> remove_deployment(Session& session, const DeployPlaces& places, const std::string& name) {
  const Status removed = DeployDirectory(places.directory).remove(name);
  if (!removed && removed.error().code != Code::kNotFound) return removed.error();
  CHECK_OK(remove_state(places.state, name));
  const auto forgotten = session.api().remove("/deployments/" + url_escape(name));
  if (!removed && !forgotten) return removed.error();
  session.say("removed " + name + "; its files stay");
  if (!forgotten && forgotten.error().code != Code::kNotFound)
    session.say("the manager was not told, remove it once more later: " + forgotten.error().detail);
  return kExitOk;
}

Verb remove_deployment_verb(const Places& places) {
  struct Options {
    std::string name;
    bool yes = false;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "remove",
            .summary = "Deploy no longer; the deployed files stay where they are",
            .example = "certstead deploy remove www"};
  verb.text("name", "NAME", "Name of the deployment", options->name).needed();
  verb.toggle("-y,--yes", "Don't ask", options->yes);
  verb.run = [places, options](Session& session) -> Result<int> {
    if (!options->yes && !session.confirm("Deploy " + printable(options->name) + " no longer?")) {
      return invalid("nothing was removed");
    }
    return remove_deployment(session, *places, options->name);
  };
  return verb;
}

Verb watch_verb(const Places& places, const ServerVerbs& servers) {
  auto options = std::make_shared<DeployWatchOptions>();
  Verb verb{.name = "watch",
            .summary =
                "Run as a service: deploy as soon as there is something new, prove again and again. The one "
                "service "
                "of ours that may run as root",
            .example = "certstead deploy watch --log-format json"};
  verb.number("--prove-seconds", "Between proofs of what is fine; default: 3600", 1, 86'400,
              options->prove_seconds)
      .from_config();
  add_log_flags(verb, options->log);
  verb.run = [places, options, run = servers.deploy_watch](Session& session) -> Result<int> {
    options->socket = session.options().socket;
    options->directory = places->directory;
    options->view = places->view;
    options->state = places->state;
    return run(*options);
  };
  return verb;
}

}  // namespace

Verb deploy_verb(const ServerVerbs& servers) {
  auto places = std::make_shared<DeployPlaces>();
  Verb verb{.name = "deploy",
            .summary =
                "Bring certificates to the programs of this host: files, reloads, and the proof that they "
                "serve them",
            .example =
                "certstead deploy add www --set www.example.test --layout certbot --path /etc/letsencrypt "
                "--reload 'systemctl reload nginx' --prove https://www.example.test"};
  verb.verbs.push_back(deploy_add_verb(places));
  verb.verbs.push_back(list_deployments_verb(places));
  verb.verbs.push_back(show_deployment_verb(places));
  verb.verbs.push_back(remove_deployment_verb(places));
  verb.verbs.push_back(run_verb(places));
  if (servers.deploy_watch) verb.verbs.push_back(watch_verb(places, servers));
  add_place_flags(verb, places);
  return verb;
}

}  // namespace certstead
