#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>

#include "base/text.h"
#include "cli/show.h"
#include "cli/show_set.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

boost::json::object json_list(std::string_view name, const std::vector<boost::json::value>& elements) {
  boost::json::object out;
  out[name] = boost::json::array(elements.begin(), elements.end());
  return out;
}

// Every element of "sets" of all pages; `path` ends where the cursor is to follow.
Result<std::vector<boost::json::value>> all_pages(Session& session, const std::string& path) {
  std::vector<boost::json::value> sets;
  std::string after;
  while (true) {
    TRY(boost::json::value page, session.api().get(path + url_escape(after)));
    std::string next = json_text(page, "next");
    for (boost::json::value& set : json_elements(page, "sets")) sets.push_back(std::move(set));
    if (next.empty() || next == after) return sets;
    after = std::move(next);
  }
}

std::string count_by_health(const std::vector<boost::json::value>& lines) {
  std::map<std::string, int> counts;
  for (const boost::json::value& line : lines) ++counts[json_text(line, "health")];
  std::vector<std::string> parts;
  for (const char* health : {"red", "yellow", "green"}) {
    if (counts.contains(health)) parts.push_back(std::to_string(counts[health]) + " " + health);
  }
  return std::to_string(lines.size()) + (lines.size() == 1 ? " set: " : " sets: ") + join(parts, ", ");
}

constexpr std::string_view kNoSets = "There are no sets yet; get one: certstead request www.example.test";

Result<int> run_list(Session& session, const std::string& status) {
  TRY(std::vector<boost::json::value> sets, all_sets(session));
  if (!status.empty()) {
    std::erase_if(sets, [&](const boost::json::value& set) { return json_text(set, "status") != status; });
  }
  if (session.wants_json()) {
    session.print_json(json_list("sets", sets));
  } else if (sets.empty()) {
    session.say(status.empty() ? kNoSets : "no set has this status");
  } else {
    session.print(table_of_sets(sets, session.world().clock.now()));
  }
  return kExitOk;
}

Result<int> run_status_of(Session& session, const std::string& name) {
  TRY(const boost::json::value set, session.api().get("/sets/" + url_escape(name)));
  if (session.wants_json()) {
    session.print_json(set);
  } else {
    session.print(status_of_set(set, session.world().clock.now(), session.colours()));
  }
  return kExitOk;
}

Result<int> run_status(Session& session, const std::string& name) {
  if (!name.empty()) return run_status_of(session, name);
  TRY(const std::vector<boost::json::value> lines, all_pages(session, "/status?limit=5000&after="));
  if (session.wants_json()) {
    session.print_json(json_list("sets", lines));
    return kExitOk;
  }
  if (lines.empty()) {
    session.say(kNoSets);
    return kExitOk;
  }
  session.print(status_table(lines, session.world().clock.now()));
  std::string reasons;
  for (const boost::json::value& line : lines) {
    for (const std::string& reason : json_texts(line, "reasons"))
      reasons += json_text(line, "name") + ": " + reason + "\n";
  }
  session.print((reasons.empty() ? "" : "\n" + reasons) + "\n" + count_by_health(lines));
  return kExitOk;
}

Result<int> run_show(Session& session, const std::string& name) {
  TRY(const boost::json::value set, session.api().get("/sets/" + url_escape(name)));
  if (session.wants_json()) {
    session.print_json(set);
  } else {
    session.print(details_of_set(set, session.world().clock.now(), session.colours()));
  }
  return kExitOk;
}

}  // namespace

Result<std::vector<boost::json::value>> all_sets(Session& session) {
  return all_pages(session, "/sets?limit=500&after=");
}

Verb list_verb() {
  auto status = std::make_shared<std::string>();
  Verb verb{.name = "list",
            .summary = "All sets of certificates, one line each",
            .example = "certstead list -o json"};
  verb.text("--status", "STATUS", "Only sets with this status", *status)
      .one_of({"draft", "pending", "waiting", "issued", "renewing", "revoking", "revoked", "error",
               "archived", "expired"});
  verb.run = [status](Session& session) { return run_list(session, *status); };
  return verb;
}

Verb show_verb() {
  auto name = std::make_shared<std::string>();
  Verb verb{.name = "show",
            .summary = "Everything that is known of a set",
            .example = "certstead show www.example.test"};
  verb.text("set", "SET", "Name of the set", *name).needed();
  verb.run = [name](Session& session) { return run_show(session, *name); };
  return verb;
}

Verb status_verb() {
  auto name = std::make_shared<std::string>();
  Verb verb{.name = "status",
            .summary = "How the sets are: health, expiry, the next try, what is issued, deployed and served",
            .example = "certstead status"};
  verb.text("set", "SET", "Only this set", *name);
  verb.run = [name](Session& session) { return run_status(session, *name); };
  return verb;
}

Verb delete_verb() {
  struct Options {
    std::string set;
    bool yes = false;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "delete",
            .summary = "Stop serving and renewing a set; nothing is revoked",
            .example = "certstead delete www.example.test"};
  verb.text("set", "SET", "Name of the set", options->set).needed();
  verb.toggle("-y,--yes", "Don't ask", options->yes);
  verb.run = [options](Session& session) -> Result<int> {
    if (!options->yes && !session.confirm("Stop serving and renewing " + printable(options->set) + "?")) {
      return invalid("nothing was deleted");
    }
    CHECK_OK(session.api().remove("/sets/" + url_escape(options->set)));
    session.say("deleted " + printable(options->set) + "; its certificates are not revoked");
    return kExitOk;
  };
  return verb;
}

}  // namespace certstead
