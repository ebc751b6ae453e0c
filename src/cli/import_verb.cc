#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>

#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/import_scan.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

namespace fs = std::filesystem;

// As much as the manager takes; what is longer is no certificate, however far it goes.
constexpr std::size_t kLargestFile = std::size_t{16} << 20;
constexpr std::size_t kLargestImport = std::size_t{64} << 20;
constexpr std::size_t kLinesShown = 40;

struct Options {
  std::vector<std::string> files;
  std::string password_file, name, take_over;
  bool replace = false, exportable = false, dry_run = false;
  ScanFlags scan;
};

struct Source {
  fs::path path;
  bool named = false;  // itself, not the folder that it lies in
};

// A folder stands for the regular files in it and below; links to files count, links to folders are not
// followed.
Result<std::vector<Source>> expand(const std::vector<std::string>& given) {
  std::vector<Source> out;
  for (const std::string& one : given) {
    std::error_code failed;
    if (!fs::is_directory(one, failed)) {
      out.push_back({one, true});
      continue;
    }
    std::vector<fs::path> inside;
    fs::recursive_directory_iterator at(one, failed);
    for (; !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
      std::error_code ignored;
      if (at->is_regular_file(ignored)) inside.push_back(at->path());
    }
    if (failed) return unavailable("the folder " + printable(one) + " can't be read: " + failed.message());
    std::ranges::sort(inside);
    for (fs::path& path : inside) out.push_back({std::move(path), false});
  }
  return out;
}

struct Gathered {
  boost::json::array files, dropped;
};

// As the manager reports a file that it has no use for.
boost::json::object unreadable(const fs::path& path, const std::string& reason) {
  return {{"file", printable(path.string(), 1000)},
          {"position", 0},
          {"kind", "file"},
          {"subject", nullptr},
          {"fingerprint", nullptr},
          {"id", "unreadable"},
          {"reason", reason}};
}

// What lies in a folder and can't be read (another's key, an archive) keeps nothing else from being imported.
Result<Gathered> read_files(const std::vector<Source>& sources) {
  Gathered out;
  std::size_t total = 0;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const fs::path& path = sources[i].path;
    const Result<SecretBytes> content = read_secret_file(path, kLargestFile);
    const bool last_chance = out.files.empty() && i + 1 == sources.size();
    if (!content && (sources[i].named || last_chance)) return content.error();
    if (!content) {
      out.dropped.push_back(unreadable(path, content.error().detail));
      continue;
    }
    total += content->size();
    if (total > kLargestImport)
      return invalid("the files hold more than " + std::to_string(kLargestImport >> 20) +
                     " MiB together; import them in parts");
    out.files.push_back(boost::json::object{{"name", printable(path.string(), 1000)},
                                            {"data", base64_encode(content->reveal())}});
  }
  return out;
}

void add_dropped(boost::json::value& answer, const boost::json::array& more) {
  if (more.empty() || !answer.is_object()) return;
  boost::json::value& all = answer.as_object()["dropped"];
  if (!all.is_array()) all.emplace_array();
  all.as_array().insert(all.as_array().end(), more.begin(), more.end());
}

// One password a line.
Result<boost::json::array> read_passwords(Session& session, const std::string& file) {
  boost::json::array out;
  if (file.empty()) return out;
  TRY(std::string text, read_file_or_input(session, file));
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) out.emplace_back(line);
  }
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return out;
}

std::string keys_of(const boost::json::value& set) {
  std::vector<std::string> keys;
  for (const auto& one : json_elements(set, "certificates")) keys.push_back(json_text(one, "key_type"));
  return join(keys, ", ");
}

std::string expiry_of(const boost::json::value& set) {
  std::optional<Instant> soonest;
  for (const auto& one : json_elements(set, "certificates")) {
    const auto end = json_instant(one, "not_after");
    if (end && (!soonest || *end < *soonest)) soonest = end;
  }
  return show_date(soonest);
}

void say_notes(Session& session, const boost::json::value& answer) {
  std::size_t said = 0, left = 0;
  const auto say = [&](const std::string& line) {
    if (said++ < kLinesShown) {
      session.say(line);
    } else {
      ++left;
    }
  };
  for (const auto& set : json_elements(answer, "sets")) {
    const std::string name = json_text(set, "name");
    for (const std::string& warning : json_texts(set, "warnings")) say("note: " + name + ": " + warning);
    const auto& error = json_member(set, "error");
    if (!error.is_null()) say("failed: " + name + ": " + json_text(error, "detail"));
  }
  for (const auto& note : json_elements(answer, "dropped")) {
    const std::string subject = json_text(note, "subject");
    const std::int64_t position = json_number(note, "position");
    say("not used: " + json_text(note, "file") +
        (position > 0 ? ", number " + std::to_string(position) : std::string()) +
        (subject.empty() ? "" : " (" + subject + ")") + ": " + json_text(note, "reason"));
  }
  if (left > 0) session.say("and " + std::to_string(left) + " lines more; -o json has them all");
}

Result<int> show_outcome(Session& session, const boost::json::value& answer) {
  Table table({"SET", "KEYS", "EXPIRES", "RESULT"});
  bool failed = false;
  for (const auto& set : json_elements(answer, "sets")) {
    const std::string result = json_text(set, "result");
    failed = failed || result == "failed";
    table.add({json_text(set, "name"),
               keys_of(set),
               expiry_of(set),
               {result, result == "failed" ? Colour::kRed : Colour::kNone}});
  }
  if (session.wants_json()) {
    session.print_json(answer);
  } else {
    session.print(table);
    say_notes(session, answer);
    if (json_flag(answer, "dry_run")) session.say("dry run, nothing was changed");
  }
  return failed ? kExitFailed : kExitOk;
}

Result<int> run_import(const Options& options, Session& session) {
  if (!options.scan.programs.empty())
    return run_import_scan(session, options.scan, options.take_over, options.dry_run);
  TRY(const std::vector<Source> sources, expand(options.files));
  if (sources.empty()) {
    return invalid("name files or folders with keys and certificates: certstead import site.pem",
                   std::string(kWrongUsage));
  }
  boost::json::object body{
      {"replace", options.replace}, {"exportable", options.exportable}, {"dry_run", options.dry_run}};
  TRY(Gathered gathered, read_files(sources));
  body["files"] = std::move(gathered.files);
  TRY(body["passwords"], read_passwords(session, options.password_file));
  if (!options.name.empty()) body["name"] = options.name;
  if (!options.take_over.empty()) body["take_over"] = options.take_over;
  TRY(boost::json::value answer, session.api().post("/imports", std::move(body)));
  add_dropped(answer, gathered.dropped);
  return show_outcome(session, answer);
}

}  // namespace

Verb import_verb() {
  auto options = std::make_shared<Options>();
  Verb verb{
      .name = "import",
      .summary = "Bring in keys and certificates that are there: PEM, DER, PKCS#12, PKCS#7, in any order",
      .example = "certstead import site.pfx --password-file site.pass"};
  verb.list("files", "FILE", "Files, or folders with files; none of them is changed", options->files).file();
  verb.text("--password-file", "FILE", "Passwords of encrypted files, one a line; - reads standard input",
            options->password_file)
      .file();
  verb.text("--cert-name,--name", "SET", "What to call the set, if it is one; default: its first host name",
            options->name);
  verb.text("--take-over", "ISSUER", "Let this CA renew them from now on, for the same names",
            options->take_over);
  verb.toggle("--replace", "Also in the place of what a CA renews, or of what is newer", options->replace);
  verb.toggle("--exportable", "Let a person with the export password take the keys out again",
              options->exportable);
  verb.toggle("--dry-run", "Report what would be done, change nothing", options->dry_run);
  add_scan_flags(verb, options->scan);
  verb.run = [options](Session& session) { return run_import(*options, session); };
  return verb;
}

}  // namespace certstead
