#include <fcntl.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <filesystem>

#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestContent = std::size_t{1} << 20;

// What is sent: our copy is wiped; that of the JSON and of the HTTP client can't be (see read_secret).
boost::json::string json_secret(const SecretBytes& secret) {
  return boost::json::string(view_text(secret.reveal()));
}

// From the file if there is one, else from the terminal.
Result<SecretBytes> password_from(Session& session, const std::string& file, const std::string& flag,
                                  const std::string& prompt) {
  if (!file.empty()) return read_secret(session, file);
  if (session.world().terminal_in) return session.ask_secret(prompt);
  return invalid("there is no terminal to ask for a password on; give " + flag + " FILE",
                 std::string(kWrongUsage));
}

// A new one: asked for twice on a terminal.
Result<SecretBytes> new_password(Session& session, const std::string& file, const std::string& flag,
                                 const std::string& what) {
  TRY(SecretBytes first, password_from(session, file, flag, "New " + what + ": "));
  if (!file.empty()) return first;
  TRY(const SecretBytes second, session.ask_secret("Once more: "));
  if (view_text(first.reveal()) != view_text(second.reveal()))
    return invalid("the two passwords are not the same; nothing was done");
  return first;
}

int print_state(Session& session, const boost::json::value& state) {
  if (session.wants_json()) {
    session.print_json(state);
    return kExitOk;
  }
  if (!json_flag(state, "set_up")) {
    session.print("exportable keys are not set up; certstead export setup does it");
    return kExitOk;
  }
  Facts facts;
  facts.add("set up", show_moment(json_instant(state, "created")));
  facts.add("password of", show_moment(json_instant(state, "password_changed")));
  const std::int64_t failures = json_number(state, "failures");
  if (failures > 0) facts.add("wrong tries", std::to_string(failures));
  const auto locked = json_instant(state, "locked_until");
  if (locked) facts.add("next try at", show_moment(locked));
  session.print("exportable keys:\n" + facts.text(2));
  return kExitOk;
}

Verb setup_verb() {
  auto file = std::make_shared<std::string>();
  Verb verb{.name = "setup",
            .summary = "Choose the password that opens exportable keys; it is kept nowhere",
            .example = "certstead export setup"};
  verb.text("--password-file", "FILE", "File with the password; - reads standard input", *file).file();
  verb.run = [file](Session& session) -> Result<int> {
    TRY(const SecretBytes password, new_password(session, *file, "--password-file", "export password"));
    boost::json::object body;
    body["password"] = json_secret(password);
    TRY(const boost::json::value state, session.api().post("/export", std::move(body)));
    session.say("keep the password safe: without it no exportable key can be taken out");
    return print_state(session, state);
  };
  return verb;
}

Verb password_verb() {
  struct Options {
    std::string old_file, new_file;
  };
  auto options = std::make_shared<Options>();
  Verb verb{
      .name = "password", .summary = "Change the export password", .example = "certstead export password"};
  verb.text("--password-file", "FILE", "File with the present password; - reads standard input",
            options->old_file)
      .file();
  verb.text("--new-password-file", "FILE", "File with the new one", options->new_file).file();
  verb.run = [options](Session& session) -> Result<int> {
    TRY(const SecretBytes old_password,
        password_from(session, options->old_file, "--password-file", "Present export password: "));
    TRY(const SecretBytes password,
        new_password(session, options->new_file, "--new-password-file", "export password"));
    boost::json::object body;
    body["old_password"] = json_secret(old_password);
    body["password"] = json_secret(password);
    TRY(const boost::json::value state, session.api().put("/export/password", std::move(body)));
    return print_state(session, state);
  };
  return verb;
}

Verb state_verb() {
  Verb verb{.name = "status",
            .summary = "Whether exportable keys are set up",
            .example = "certstead export status"};
  verb.run = [](Session& session) -> Result<int> {
    TRY(const boost::json::value state, session.api().get("/export"));
    return print_state(session, state);
  };
  return verb;
}

struct ExportOptions {
  std::string set, out, key_type, format = "pem", password_file, file_password_file;
  bool force = false;
};

// Where each credential goes: a file of its own in a directory, or the one file that was named.
Result<std::vector<fs::path>> targets_of(const ExportOptions& options, const boost::json::value& set) {
  const std::string suffix = options.format == "pem" ? ".pem" : ".p12";
  std::vector<std::string> types;
  for (const boost::json::value& version : json_elements(set, "active")) {
    const std::string type = json_text(version, "key_type");
    if (options.key_type.empty() || options.key_type == type) types.push_back(type);
  }
  std::error_code ignored;
  const bool directory = options.out.ends_with('/') || fs::is_directory(options.out, ignored);
  if (!directory && types.size() > 1) {
    return invalid("the set has " + std::to_string(types.size()) +
                       " keys: name a directory with --out, or one key with --key-type",
                   std::string(kWrongUsage));
  }
  std::vector<fs::path> targets;
  for (const std::string& type : types) {
    fs::path file = options.out;
    if (directory) file /= json_text(set, "name") + "." + type + suffix;
    if (!options.force && fs::symlink_status(file, ignored).type() != fs::file_type::not_found) {
      return conflict(file.string() + " is there already; --force overwrites it", "file-exists");
    }
    targets.push_back(std::move(file));
  }
  return targets;
}

// Without `force` the name is taken first, so that a file that came meanwhile is not overwritten either.
Status write_exported(const fs::path& file, BytesView content, bool force) {
  if (!force) {
    const Fd taken(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!taken.valid()) return unavailable("cannot make " + file.string() + "; check its directory");
  }
  const Status written = write_file_atomic(file, content, 0600);
  if (!written && !force) ::unlink(file.c_str());
  return written;
}

Result<int> run_export(Session& session, const ExportOptions& options) {
  if (options.set.empty() || options.out.empty()) {
    return invalid("name the set and where it goes: certstead export www.example.test --out FILE",
                   std::string(kWrongUsage));
  }
  const std::string path = "/sets/" + url_escape(options.set);
  TRY(const boost::json::value set, session.api().get(path));
  TRY(const auto targets, targets_of(options, set));
  TRY(const SecretBytes password,
      password_from(session, options.password_file, "--password-file", "Export password: "));
  TRY(const SecretBytes file_password, new_password(session, options.file_password_file,
                                                    "--file-password-file", "password of the exported file"));
  boost::json::object body{{"format", options.format}};
  body["password"] = json_secret(password);
  body["file_password"] = json_secret(file_password);
  if (!options.key_type.empty()) body["key_type"] = options.key_type;
  TRY(const boost::json::value answer, session.api().post(path + "/export", std::move(body)));
  const auto& credentials = json_elements(answer, "credentials");
  if (credentials.size() != targets.size())
    return conflict("the set " + printable(options.set) + " was renewed just now; try again");
  if (options.out.ends_with('/')) CHECK_OK(make_directories(options.out, 0700));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    TRY(const Bytes content, base64_decode(json_text(credentials[i], "content", kLongestContent)));
    CHECK_OK(write_exported(targets[i], content, options.force));
    session.print(targets[i].string() + "  " + json_text(credentials[i], "key_type") + "  " +
                  json_text(credentials[i], "serial"));
  }
  return kExitOk;
}

}  // namespace

Verb export_verb() {
  auto options = std::make_shared<ExportOptions>();
  Verb verb{.name = "export",
            .summary = "Take the keys of an exportable set out, encrypted; or: setup password status",
            .example = "certstead export www.example.test --out www.p12 --key-type p256 --format p12"};
  verb.text("set", "SET", "Name of the set", options->set);
  verb.text("--out", "FILE|DIR", "Where it goes; mode 0600", options->out).file();
  verb.text("-k,--key-type", "TYPE", "One of the set's keys; default: all", options->key_type);
  verb.text("--format", "FORMAT", "pem, p12 or p12-legacy; default: pem", options->format)
      .one_of({"pem", "p12", "p12-legacy"});
  verb.text("--password-file", "FILE", "File with the export password; - reads standard input",
            options->password_file)
      .file();
  verb.text("--file-password-file", "FILE", "File with the password that the exported key gets",
            options->file_password_file)
      .file();
  verb.toggle("--force", "Overwrite what is there", options->force);
  verb.run = [options](Session& session) { return run_export(session, *options); };
  verb.verbs.push_back(setup_verb());
  verb.verbs.push_back(password_verb());
  verb.verbs.push_back(state_verb());
  return verb;
}

}  // namespace certstead
