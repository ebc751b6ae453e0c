#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <cerrno>
#include <cstring>

#include "base/growing_file.h"
#include "base/program.h"
#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"

extern char** environ;

namespace certstead {
namespace {

// The manager copies and seals the whole store within one call.
constexpr Duration kMakingTime = std::chrono::hours{1};

Table table_of_recipients(const boost::json::value& answer) {
  Table table({"RECIPIENT", "ADDED", "SHA-256 OF THE CERTIFICATE"});
  for (const boost::json::value& one : json_elements(answer, "recipients")) {
    table.add(
        {json_text(one, "name"), show_moment(json_instant(one, "added")), json_text(one, "fingerprint")});
  }
  return table;
}

Status fetch_into(Session& session, const boost::json::value& made, const std::string& path) {
  TRY(GrowingFile file, GrowingFile::begin(path));
  const std::string address = "/backups/" + url_escape(json_text(made, "id"));
  const std::int64_t size = json_number(made, "size");
  for (std::int64_t at = 0; at < size;) {
    TRY(const std::string piece, session.api().get_bytes(address + "?offset=" + std::to_string(at)));
    if (piece.empty()) return unavailable("the manager sent less than the whole backup; make it again");
    CHECK_OK(file.append(piece));
    at += static_cast<std::int64_t>(piece.size());
  }
  return file.finish();
}

struct CreateOptions {
  std::string to;
  std::vector<std::string> recipients;
};

Result<int> run_create(Session& session, const CreateOptions& options) {
  boost::json::object body;
  boost::json::array names;
  for (const std::string& name : options.recipients) names.emplace_back(name);
  body["recipients"] = std::move(names);
  TRY(boost::json::value made, session.api().post("/backups", body, kMakingTime));
  const Status fetched = fetch_into(session, made, options.to);
  // Forgotten in any case; without it the manager does so after an hour.
  const auto discarded = session.api().remove("/backups/" + url_escape(json_text(made, "id")));
  CHECK_OK(fetched);
  CHECK_OK(discarded);
  if (session.wants_json()) {
    made.as_object()["file"] = options.to;
    session.print_json(made);
    return kExitOk;
  }
  Facts facts;
  facts.add("file", options.to);
  facts.add("bytes", std::to_string(json_number(made, "size")));
  facts.add("for", join(json_texts(made, "recipients"), ", "));
  facts.add("sha-256", json_text(made, "sha256"));
  session.print(facts.text());
  return kExitOk;
}

Verb create_verb() {
  auto options = std::make_shared<CreateOptions>();
  Verb verb{.name = "create",
            .summary = "Write a sealed backup of store, identity and configuration",
            .example = "certstead backup create --to /backup/certstead-2026-11-22"};
  verb.text("--to", "FILE", "Where to; it appears when it is whole", options->to).file();
  verb.list("--recipient", "NAME", "Who can open it; default: all recipients", options->recipients);
  verb.run = [options](Session& session) -> Result<int> {
    if (options->to.empty()) return invalid("say where to write it: --to FILE", std::string(kWrongUsage));
    return run_create(session, *options);
  };
  return verb;
}

void add_key_flags(Verb& verb, BackupFileOptions& options) {
  verb.text("file", "FILE", "The backup", options.file).needed().file();
  verb.text("--key", "KEYFILE", "Key file of one of its recipients", options.key_file).file();
  verb.text("--password-file", "FILE", "Its password, in the first line; default: asked for",
            options.password_file)
      .file();
}

Status check_key(const BackupFileOptions& options) {
  if (options.key_file.empty()) return invalid("say with which key: --key KEYFILE", std::string(kWrongUsage));
  return Done{};
}

Verb verify_verb(const LocalVerbs& local) {
  auto options = std::make_shared<BackupFileOptions>();
  Verb verb{.name = "verify",
            .summary = "Open a whole backup and check every part and key; needs no manager",
            .example = "certstead backup verify FILE --key KEYFILE"};
  add_key_flags(verb, *options);
  verb.run = [options, verify = local.verify_backup](Session& session) -> Result<int> {
    CHECK_OK(check_key(*options));
    TRY(const LocalAnswer answer, verify(*options));
    print_local(session, answer);
    return kExitOk;
  };
  return verb;
}

Verb restore_verb(const LocalVerbs& local) {
  auto options = std::make_shared<BackupFileOptions>();
  Verb verb{.name = "restore",
            .summary = "Bring back a store into empty directories, or one set into a file; needs no manager",
            .example = "certstead backup restore FILE --key KEYFILE --data DIR --identity DIR"};
  add_key_flags(verb, *options);
  verb.text("--data", "DIR", "Empty directory for the store", options->data).file();
  verb.text("--identity", "DIR", "Empty directory for the manager's own keys", options->identity).file();
  verb.text("--restore-config", "FILE", "Write the saved configuration there; default: it is left out",
            options->config)
      .file();
  verb.text("--only", "SET", "Take out one credential set, with --out", options->only);
  verb.text("--out", "FILE", "File for its keys and chains (PEM, 0600)", options->out).file();
  verb.run = [options, local](Session& session) -> Result<int> {
    CHECK_OK(check_key(*options));
    const bool one = !options->only.empty();
    const bool fits = one ? !options->out.empty() && options->data.empty() && options->identity.empty()
                          : !options->data.empty() && !options->identity.empty() && options->out.empty();
    if (!fits)
      return invalid("give --data and --identity for all of it, or --only and --out for one set",
                     std::string(kWrongUsage));
    TRY(const LocalAnswer answer, one ? local.extract_credential(*options) : local.restore_backup(*options));
    print_local(session, answer);
    return kExitOk;
  };
  return verb;
}

// Runs the program in our own terminal and environment, without a shell; yields its exit code, or 128 + the
// signal that ended it.
Result<int> run_command(const std::vector<std::string>& words) {
  const std::vector<char*> arguments = exec_words(words);
  pid_t child = -1;
  const int failure = ::posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ);
  if (failure != 0)
    return unavailable("cannot run " + printable(words.front()) + ": " + std::strerror(failure), "command");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return unavailable("lost sight of " + printable(words.front()), "command");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct FreezeOptions {
  std::int64_t seconds = 30;
  std::vector<std::string> command;
};

Result<int> run_freeze(Session& session, const FreezeOptions& options) {
  TRY(const boost::json::value hold,
      session.api().post("/write-holds", boost::json::object{{"seconds", options.seconds}}));
  const Result<int> ended = run_command(options.command);
  const auto released = session.api().remove("/write-holds/" + url_escape(json_text(hold, "id")));
  TRY(const int exit_code, ended);
  if (exit_code != 0) return exit_code;
  CHECK_OK(released);
  if (json_flag(*released, "held")) return kExitOk;
  return unavailable("the command took longer than " + std::to_string(options.seconds) +
                         " s, and the manager wrote again before it ended; do not use that snapshot, and "
                         "allow more --seconds",
                     "hold-ended");
}

Verb freeze_verb() {
  auto options = std::make_shared<FreezeOptions>();
  Verb verb{.name = "freeze",
            .summary = "Run a command (a snapshot) while nothing is written to the store",
            .example = "certstead backup freeze -- zfs snapshot tank/certstead@today"};
  verb.number("--seconds", "The longest that writes wait; default: 30", 1, 120, options->seconds);
  verb.command(options->command);
  verb.run = [options](Session& session) { return run_freeze(session, *options); };
  return verb;
}

Verb create_recipient_verb(const LocalVerbs& local) {
  auto options = std::make_shared<NewRecipient>();
  Verb verb{
      .name = "create",
      .summary = "Make a key pair that opens backups; its private half goes into a file for you to take away",
      .example = "certstead backup recipient create safe --out /media/usb/certstead-safe.key"};
  verb.text("name", "NAME", "What to call it", options->name).needed();
  verb.text("--out", "KEYFILE", "Where to put the key; keep it off line", options->key_file).file();
  verb.text("--password-file", "FILE", "Its password, in the first line; default: asked for",
            options->password_file)
      .file();
  verb.run = [options, make = local.make_recipient](Session& session) -> Result<int> {
    if (options->key_file.empty())
      return invalid("say where the key goes: --out KEYFILE", std::string(kWrongUsage));
    TRY(const boost::json::value known, session.api().get("/backup-recipients"));
    options->fleet_root = json_member(known, "fleet_root").is_string()
                              ? std::string(json_member(known, "fleet_root").as_string())
                              : "";
    TRY(const std::string certificate, make(*options));
    auto added = session.api().put("/backup-recipients/" + url_escape(options->name),
                                   boost::json::object{{"certificate", certificate}});
    // A key that nothing is sealed to would be mistaken for one.
    if (!added) ::unlink(options->key_file.c_str());
    CHECK_OK(added);
    session.say("Keep " + printable(options->key_file) +
                " and its password off this host, and apart from the backups.");
    if (session.wants_json()) session.print_json(*added);
    return kExitOk;
  };
  return verb;
}

Verb list_recipients_verb() {
  Verb verb{.name = "list", .summary = "Who can open backups", .example = "certstead backup recipient list"};
  verb.run = [](Session& session) -> Result<int> {
    TRY(const boost::json::value answer, session.api().get("/backup-recipients"));
    if (session.wants_json()) {
      session.print_json(answer);
    } else {
      session.print(table_of_recipients(answer));
    }
    return kExitOk;
  };
  return verb;
}

Verb delete_recipient_verb() {
  auto name = std::make_shared<std::string>();
  Verb verb{.name = "delete",
            .summary = "Seal later backups to this one no more; older ones stay open to it",
            .example = "certstead backup recipient delete safe"};
  verb.text("name", "NAME", "Name of the recipient", *name).needed();
  verb.run = [name](Session& session) -> Result<int> {
    CHECK_OK(session.api().remove("/backup-recipients/" + url_escape(*name)));
    session.say("deleted " + printable(*name));
    return kExitOk;
  };
  return verb;
}

Verb recipient_verb(const LocalVerbs& local) {
  Verb verb{.name = "recipient",
            .summary = "Who can open backups: create delete list",
            .example = "certstead backup recipient list"};
  if (local.make_recipient) verb.verbs.push_back(create_recipient_verb(local));
  verb.verbs.push_back(delete_recipient_verb());
  verb.verbs.push_back(list_recipients_verb());
  return verb;
}

}  // namespace

Verb backup_verb(const LocalVerbs& local) {
  Verb verb{.name = "backup",
            .summary = "Sealed backups: create freeze recipient restore verify",
            .example = "certstead backup create --to /backup/certstead-2026-11-22"};
  verb.verbs.push_back(create_verb());
  verb.verbs.push_back(freeze_verb());
  verb.verbs.push_back(recipient_verb(local));
  if (local.restore_backup) verb.verbs.push_back(restore_verb(local));
  if (local.verify_backup) verb.verbs.push_back(verify_verb(local));
  return verb;
}

}  // namespace certstead
