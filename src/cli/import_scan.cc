#include "cli/import_scan.h"

#include <algorithm>
#include <map>

#include "adopt/scan.h"
#include "adopt/tool_run.h"
#include "base/text.h"
#include "cli/scan_import.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

// Where Domino's installer for Linux puts it.
constexpr const char* kUsualKyrtool = "/opt/hcl/domino/bin/kyrtool";

Result<std::vector<Program>> programs_of(const ScanFlags& flags) {
  std::vector<Program> out;
  for (const std::string& name : flags.programs) {
    if (name == "all") return std::vector<Program>(std::begin(kAllPrograms), std::end(kAllPrograms));
    const auto program = parse_program(name);
    if (!program) return invalid(program.error().detail, std::string(kWrongUsage));
    out.push_back(*program);
  }
  if (!flags.at.empty() && out.size() > 1) {
    return invalid("--at says where one program keeps its files; scan one program with it",
                   std::string(kWrongUsage));
  }
  return out;
}

Result<ScanOptions> options_of(Session& session, const ScanFlags& flags) {
  ScanOptions options;
  // Within another root, paths are that root's.
  const auto absolute = [&](const std::string& path) {
    return flags.root == "/" ? std::filesystem::absolute(path).lexically_normal().string() : path;
  };
  for (const std::string& path : flags.at) options.at.push_back(absolute(path));
  if (flags.root == "/") options.home = session.world().environment("HOME").value_or(options.home);
  if (!flags.documents.empty()) {
    TRY(options.documents, read_file_or_input(session, flags.documents));
  }
  if (!flags.kyrtool.empty()) options.kyrtool = std::filesystem::absolute(flags.kyrtool).string();
  std::error_code ignored;
  if (options.kyrtool.empty() && flags.root == "/" && std::filesystem::exists(kUsualKyrtool, ignored)) {
    options.kyrtool = kUsualKyrtool;
  }
  options.run_tool = run_tool;
  return options;
}

// Candidates with the same names become one set, so they are imported together. What can't be imported is a
// row at once. Keeps the order in which they were found.
std::vector<std::vector<Candidate>> groups_of(std::vector<Candidate> candidates,
                                              std::vector<ScanRow>& skipped) {
  std::vector<std::vector<Candidate>> out;
  std::map<std::vector<std::string>, std::size_t> known;
  for (Candidate& candidate : candidates) {
    if (!candidate.problem.empty()) {
      std::string why = candidate.problem;
      skipped.push_back({std::move(candidate), "skipped", {}, std::move(why), {}, false});
      continue;
    }
    std::vector<std::string> names = candidate.names;
    std::ranges::sort(names);
    const auto [at, fresh] = known.emplace(names, out.size());
    if (fresh || names.empty()) {
      out.emplace_back().push_back(std::move(candidate));
    } else {
      out[at->second].push_back(std::move(candidate));
    }
  }
  return out;
}

}  // namespace

void add_scan_flags(Verb& verb, ScanFlags& into) {
  verb.list(
      "--scan", "PROGRAMS",
      "Import what these keep: certbot, lego, acme.sh, nginx, apache, haproxy, postfix, dovecot, domino, "
      "all",
      into.programs);
  verb.text("--root", "DIR", "With --scan: look below this directory instead of /", into.root).file();
  verb.list("--at", "PATH", "With --scan of one program: where its files are, if not where they usually are",
            into.at)
      .file();
  verb.text("--documents", "FILE", "With --scan domino: exported documents that name keyrings",
            into.documents)
      .file();
  verb.text("--kyrtool", "PROGRAM", "With --scan domino: Domino's own tool for keyrings", into.kyrtool)
      .file();
  verb.text("-m,--email", "ADDRESS",
            "With --scan and --take-over ISSUER (auto: the one that was used): for a new account",
            into.email);
  verb.toggle("--agree-tos", "With --scan and --take-over: you agree to the CA's terms of service",
              into.agree_tos);
}

Result<int> run_import_scan(Session& session, const ScanFlags& flags, const std::string& take_over,
                            bool dry_run) {
  TRY(const std::vector<Program> programs, programs_of(flags));
  TRY(const ScanOptions options, options_of(session, flags));
  DiskTree tree(flags.root);
  Findings findings;
  for (const Program program : programs) findings.append(scan(program, tree, options));
  ScanReport report;
  report.skipped = std::move(findings.skipped);
  const ScanOrder order{take_over, flags.email, flags.agree_tos, dry_run};
  std::vector<ScanRow> problems;
  for (auto& group : groups_of(gather(tree, std::move(findings.found)), problems)) {
    TRY(std::vector<ScanRow> rows, import_group(session, std::move(group), order));
    for (ScanRow& row : rows) report.rows.push_back(std::move(row));
  }
  for (ScanRow& row : problems) {
    find_there(session, row);
    report.rows.push_back(std::move(row));
  }
  print_report(session, report, !take_over.empty());
  const auto taken = [](const ScanRow& row) { return row.result != "skipped"; };
  const bool nothing_taken = !report.rows.empty() && std::ranges::none_of(report.rows, taken);
  const bool failed = nothing_taken || std::ranges::any_of(report.rows, &ScanRow::take_over_failed);
  return failed ? kExitFailed : kExitOk;
}

}  // namespace certstead
