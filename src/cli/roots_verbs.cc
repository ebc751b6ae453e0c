#include <boost/json/object.hpp>
#include <istream>
#include <iterator>

#include "base/file.h"
#include "base/secret_line.h"
#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"
#include "json/secret_text.h"

namespace certstead {
namespace {

constexpr std::size_t kLargestInput = std::size_t{1} << 20;

Table table_of_roots(const boost::json::value& answer) {
  Table table({"ROOT", "KIND", "KEY", "EXPIRES", "KEY ID", "SHA-256", "SETS"});
  for (const boost::json::value& root : json_elements(answer, "roots")) {
    table.add({json_text(root, "name"), json_flag(root, "self_signed") ? "root" : "intermediate",
               json_text(root, "key_type"), show_date(json_instant(root, "not_after")),
               json_text(root, "key_id").substr(0, 16), json_text(root, "fingerprint").substr(0, 16),
               std::to_string(json_number(root, "used_by"))});
  }
  return table;
}

int print_roots(Session& session, const boost::json::value& answer) {
  if (session.wants_json()) {
    session.print_json(answer);
  } else {
    session.print(table_of_roots(answer));
  }
  return kExitOk;
}

Verb add_verb() {
  struct Options {
    std::string file, name;
    bool leaf = false;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "add",
            .summary = "Trust the certificates of a PEM file",
            .example = "certstead roots add ca.pem"};
  verb.text("file", "FILE", "PEM file; - reads standard input", options->file).needed().file();
  verb.text("--name", "NAME", "What to call a single one; default: its common name", options->name);
  verb.toggle("--leaf", "Also one that is no CA: it is trusted as itself, and vouches for no other",
              options->leaf);
  verb.run = [options](Session& session) -> Result<int> {
    TRY(const std::string pem, read_file_or_input(session, options->file));
    boost::json::object body{{"pem", pem}};
    if (!options->name.empty()) body["name"] = options->name;
    if (options->leaf) body["leaf"] = true;
    auto answer = session.api().post("/roots", std::move(body));
    if (!answer && answer.error().code == Code::kInvalid) {
      return invalid(options->file + ": " + answer.error().detail, answer.error().id);
    }
    if (!answer) return answer.error();
    return print_roots(session, *answer);
  };
  return verb;
}

Verb remove_verb() {
  auto name = std::make_shared<std::string>();
  Verb verb{
      .name = "remove", .summary = "Trust one no longer", .example = "certstead roots remove 'Example Root'"};
  verb.text("name", "NAME", "Name of the root", *name).needed();
  verb.run = [name](Session& session) -> Result<int> {
    CHECK_OK(session.api().remove("/roots/" + url_escape(*name)));
    session.say("removed " + printable(*name));
    return kExitOk;
  };
  return verb;
}

Verb show_verb_of_roots() {
  auto name = std::make_shared<std::string>();
  Verb verb{.name = "show",
            .summary = "Everything that is known of one",
            .example = "certstead roots show 'CN=Example Root'"};
  verb.text("name", "NAME", "Name of the root", *name).needed();
  verb.run = [name](Session& session) -> Result<int> {
    TRY(const boost::json::value root, session.api().get("/roots/" + url_escape(*name)));
    if (session.wants_json()) {
      session.print_json(root);
      return kExitOk;
    }
    Facts facts;
    facts.add("kind", json_text(root, "kind"));
    facts.add("subject", json_text(root, "subject"));
    facts.add("signed by", json_text(root, "issuer"));
    facts.add("serial", json_text(root, "serial"));
    facts.add("key", json_text(root, "key_type"));
    facts.add("key id", json_text(root, "key_id"));
    facts.add("sha-256", json_text(root, "fingerprint"));
    facts.add("valid from", show_moment(json_instant(root, "not_before")));
    facts.add("valid until",
              show_moment_and_span(json_instant(root, "not_after"), session.world().clock.now()));
    facts.add("used by", std::to_string(json_number(root, "used_by")) + " sets");
    session.print(json_text(root, "name") + ":\n" + facts.text(2));
    return kExitOk;
  };
  return verb;
}

Table table_of_chains(const boost::json::value& answer) {
  Table table({"SET", "KEY", "SERIAL", "CHAIN", "OUTCOME", "WHY"});
  for (const boost::json::value& chain : json_elements(answer, "chains")) {
    const std::string before = std::to_string(json_number(chain, "before"));
    const std::string after = std::to_string(json_number(chain, "after"));
    table.add({json_text(chain, "set"), json_text(chain, "key_type"), json_text(chain, "serial"),
               before == after ? before : before + " to " + after, json_text(chain, "outcome"),
               json_text(chain, "detail")});
  }
  return table;
}

Verb rechain_verb() {
  struct Options {
    std::string name;
    bool dry_run = false;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "rechain",
            .summary = "Complete chains, or put better ones in place; key and certificate stay",
            .example = "certstead roots rechain --dry-run"};
  verb.text("name", "NAME", "Only this set", options->name);
  verb.toggle("--dry-run", "Only say what would be done", options->dry_run);
  verb.run = [options](Session& session) -> Result<int> {
    boost::json::object body{{"dry_run", options->dry_run}};
    if (!options->name.empty()) body["set"] = options->name;
    TRY(const boost::json::value answer, session.api().post("/roots/rechain", body));
    if (session.wants_json()) {
      session.print_json(answer);
    } else {
      session.print(table_of_chains(answer));
    }
    return kExitOk;
  };
  return verb;
}

}  // namespace

Result<std::string> read_file_or_input(Session& session, const std::string& path) {
  if (path != "-") return read_text_file(path, kLargestInput);
  std::string text;
  std::istream& in = session.world().in;
  for (char c = 0; text.size() <= kLargestInput && in.get(c);) text.push_back(c);
  if (text.size() > kLargestInput) return invalid("there is more than 1 MiB on standard input");
  return text;
}

Result<SecretBytes> read_secret(Session& session, const std::string& path) {
  TRY(std::string text, read_file_or_input(session, path));
  const SecretBytes all(view_bytes(text));
  wipe_text(text);
  const SecretBytes line = first_line(all);
  return SecretBytes(view_bytes(trim(view_text(line.reveal()))));
}

Verb roots_verb() {
  Verb verb{.name = "roots",
            .summary = "Trusted roots, against which chains are checked: add list show rechain remove",
            .example = "certstead roots list"};
  verb.verbs.push_back(add_verb());
  Verb list{.name = "list", .summary = "All trusted roots", .example = "certstead roots list"};
  list.run = [](Session& session) -> Result<int> {
    TRY(const boost::json::value answer, session.api().get("/roots"));
    return print_roots(session, answer);
  };
  verb.verbs.push_back(std::move(list));
  verb.verbs.push_back(show_verb_of_roots());
  verb.verbs.push_back(rechain_verb());
  verb.verbs.push_back(remove_verb());
  return verb;
}

}  // namespace certstead
