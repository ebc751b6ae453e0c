#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

using Work = std::function<Result<LocalAnswer>(const OfflineOptions&)>;

void add_places(Verb& verb, OfflineOptions& options, bool identity) {
  verb.text("--data", "DIR", "The store; default: /var/lib/certstead", options.data)
      .from_config("manager.data")
      .file();
  if (!identity) return;
  verb.text("--identity", "DIR", "The manager's own keys; default: /etc/certstead/identity", options.identity)
      .from_config("manager.identity")
      .file();
}

Verb plain_verb(std::string name, std::string summary, bool identity, Work work) {
  auto options = std::make_shared<OfflineOptions>();
  Verb verb{.name = name, .summary = std::move(summary), .example = "certstead offline " + name};
  add_places(verb, *options, identity);
  verb.run = [options, work = std::move(work)](Session& session) -> Result<int> {
    TRY(const LocalAnswer answer, work(*options));
    print_local(session, answer);
    return kExitOk;
  };
  return verb;
}

Verb export_verb(const Work& work) {
  struct Options {
    OfflineOptions places;
    bool yes = false;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "export",
            .summary = "Write key and chain of a set into a file, in clear; the audit log will say so",
            .example = "certstead offline export www.example.org --out rescue.pem --yes"};
  verb.text("set", "SET", "Name of the credential set", options->places.set).needed();
  verb.text("--out", "FILE", "Where to (PEM, 0600); one file for each key type", options->places.out).file();
  verb.toggle("--yes", "Do not ask", options->yes);
  add_places(verb, options->places, true);
  verb.run = [options, work](Session& session) -> Result<int> {
    if (options->places.out.empty())
      return invalid("say where to write it: --out FILE", std::string(kWrongUsage));
    const std::string question = "Write the private key of " + printable(options->places.set) + " in clear?";
    // Here nobody's silence is a yes: a key in clear is for emergencies.
    if (!options->yes && !session.world().terminal_in)
      return invalid("a key in clear is written only with --yes", std::string(kWrongUsage));
    if (!options->yes && !session.confirm(question)) return kExitFailed;
    TRY(const LocalAnswer answer, work(options->places));
    print_local(session, answer);
    return kExitOk;
  };
  return verb;
}

}  // namespace

void print_local(Session& session, const LocalAnswer& answer) {
  if (session.wants_json()) {
    boost::json::object out;
    for (const auto& [name, value] : answer.facts) out[name] = value;
    boost::json::array rows;
    for (const auto& row : answer.rows) {
      boost::json::object one;
      for (std::size_t i = 0; i < row.size(); ++i) one[lower_ascii(answer.heads[i])] = row[i];
      rows.push_back(std::move(one));
    }
    if (!answer.heads.empty()) out["entries"] = std::move(rows);
    session.print_json(out);
    return;
  }
  Facts facts;
  for (const auto& [name, value] : answer.facts) facts.add(name, printable(value, 2000));
  if (!answer.facts.empty()) session.print(facts.text());
  if (answer.heads.empty()) return;
  Table table(answer.heads);
  for (const auto& row : answer.rows) {
    std::vector<Cell> cells;
    for (const std::string& cell : row) cells.emplace_back(printable(cell, 2000));
    table.add(std::move(cells));
  }
  session.print(table);
}

Verb offline_verb(const LocalVerbs& local) {
  Verb verb{.name = "offline",
            .summary = "Break glass: read the store while its manager is down: export list verify",
            .example = "certstead offline list"};
  verb.verbs.push_back(export_verb(local.offline_export));
  verb.verbs.push_back(plain_verb("list", "What the store holds", false, local.offline_list));
  verb.verbs.push_back(plain_verb("verify", "Check the store, its audit log, and that every key opens", true,
                                  local.offline_verify));
  return verb;
}

}  // namespace certstead
