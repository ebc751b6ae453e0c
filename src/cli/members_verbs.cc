#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

Table table_of_members(const boost::json::value& answer) {
  Table table({"MEMBER", "HOST", "ROLE", "GETS", "APPLIED", "SEEN", "SINCE"});
  for (const boost::json::value& member : json_elements(answer, "members")) {
    const std::string gets = json_flag(member, "all_credentials") ? "every set" : "named sets";
    table.add({json_text(member, "id"), json_text(member, "name"), json_text(member, "role"),
               json_text(member, "role") == "manager" ? "" : gets,
               std::to_string(json_number(member, "applied_seq")),
               show_moment(json_instant(member, "last_seen")), show_date(json_instant(member, "created"))});
  }
  return table;
}

}  // namespace

Verb members_verb() {
  Verb verb{.name = "members",
            .summary = "Managers and members of the fleet, and how far they have come: list",
            .example = "certstead members list"};
  Verb list{.name = "list", .summary = "All of them", .example = "certstead members list -o json"};
  list.run = [](Session& session) { return print_answer(session, "/members", table_of_members); };
  verb.verbs.push_back(std::move(list));
  return verb;
}

}  // namespace certstead
