#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

// Up to where of the feed its views are; a manager has none.
Cell applied_cell(const boost::json::value& member) {
  if (json_text(member, "role") == "manager") return "";
  const std::int64_t seq = json_number(member, "applied_seq");
  return seq == 0 ? Cell("never", Colour::kYellow) : Cell(std::to_string(seq));
}

Table table_of_members(const boost::json::value& answer) {
  Table table({"MEMBER", "HOST", "ROLE", "GETS", "APPLIED", "SEEN", "SINCE"});
  for (const boost::json::value& member : json_elements(answer, "members")) {
    const std::string gets = json_flag(member, "all_credentials") ? "every set" : "named sets";
    table.add({json_text(member, "id"), json_text(member, "name"), json_text(member, "role"),
               json_text(member, "role") == "manager" ? "" : gets, applied_cell(member),
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
