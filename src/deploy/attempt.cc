#include "deploy/attempt.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "deploy/haproxy.h"
#include "deploy/hook_variables.h"
#include "deploy/proof.h"
#include "deploy/read_back.h"

namespace certstead {
namespace {

constexpr std::size_t kMostOutput = 8192;  // of a hook
constexpr Duration kHaproxy = std::chrono::seconds{10};

std::string shown(const std::vector<std::string>& command) {
  std::vector<std::string> words;
  for (const std::string& word : command) {
    const bool plain = !word.empty() && word.find_first_of(" \t\"'\\") == std::string::npos;
    words.push_back(plain ? printable(word, 200) : "\"" + printable(word, 200) + "\"");
  }
  return join(words, " ");
}

std::string octal(mode_t mode) {
  std::string out = "0";
  for (const int shift : {6, 3, 0}) out += static_cast<char>('0' + (mode >> shift & 7));
  return out;
}

// Where HAProxy sees the file.
std::string haproxy_name(const Deployment& d, const std::filesystem::path& path) {
  return d.haproxy_path.empty() ? path.string()
                                : (std::filesystem::path(d.haproxy_path) / path.filename()).string();
}

// Who could move something on the way to a target is named before anything happens. What is not there yet is
// made later.
Status check_targets(const DeployPlan& plan, const Owner& owner) {
  std::vector<std::filesystem::path> parents;
  for (const Placement& placement : plan.placements) parents.push_back(placement.path.parent_path());
  for (const RoleLink& link : plan.links) parents.push_back(link.path.parent_path());
  for (const std::filesystem::path& parent : parents) {
    const auto opened = SafeDirectory::open(parent, owner);
    if (!opened && opened.error().code != Code::kNotFound) return opened.error();
  }
  return Done{};
}

}  // namespace

Status DeployAttempt::prepare(const std::vector<DeployCredential>& all,
                              const std::filesystem::path& state_directory) {
  TRY(state_, read_state(state_directory, deployment_.name));
  TRY(owner_, find_owner(deployment_.permissions.owner, deployment_.permissions.group));
  TRY(credentials_, choose(deployment_, all));
  TRY(plan_, make_plan(deployment_, credentials_, owner_, state_));
  CHECK_OK(check_targets(plan_, owner_));
  variables_ = hook_variables(deployment_, credentials_, plan_.paths);
  lineage_variables_ = lineage_variables(deployment_, credentials_, plan_.paths);
  lines_ = plan_.warnings;
  return Done{};
}

std::string DeployAttempt::wanted_state() const {
  std::string text = deployment_.digest;
  for (const DeployCredential* credential : credentials_) text += " " + credential->leaf.fingerprint();
  return sha256_hex(view_bytes(text));
}

Result<bool> DeployAttempt::is_due() const {
  if (state_.complete != wanted_state()) return true;
  TRY(const FileSet files, FileSet::open(plan_, owner_));
  TRY(const bool fine, files.satisfied());
  return !fine;
}

Status DeployAttempt::run_hook(std::string_view name, const std::vector<std::string>& command,
                               const Variables& variables) {
  if (command.empty()) return Done{};
  changed_ = true;
  TRY(const ProgramRun run, run_program(command, {.variables = variables,
                                                  .limit = deployment_.hooks.limit,
                                                  .most_output = kMostOutput,
                                                  .one_stream = true}));
  const std::string output = printable(trim(run.output), 2000);
  log_.event(run.ok ? Level::kInfo : Level::kError, "deploy.hook",
             {{"deployment", deployment_.name}, {"hook", name}, {"ended", run.ended}, {"output", output}});
  lines_.push_back(std::string(name) + ": " + shown(command) + ": " + run.ended +
                   (output.empty() ? "" : ": " + output));
  if (run.ok) return Done{};
  return unavailable(std::string(name) + " (" + shown(command) + ") failed: " + run.ended +
                         (output.empty() ? "" : ": " + printable(trim(run.output), 500)),
                     "hook-" + std::string(name));
}

Status DeployAttempt::run_hook_for_lineages(std::string_view name, const std::vector<std::string>& command) {
  for (const Variables& variables : lineage_variables_) CHECK_OK(run_hook(name, command, variables));
  return Done{};
}

Status DeployAttempt::put_files(FileSet& files) {
  TRY(const bool fine, files.satisfied());
  old_bundles_.clear();
  if (!deployment_.haproxy_socket.empty()) {
    for (const Placement& placement : plan_.placements) {
      auto content = read_secret_file(placement.path);
      old_bundles_.emplace_back(placement.path, content ? std::move(*content) : SecretBytes());
    }
  }
  CHECK_OK(files.put());
  const Status verified = verify_deployed(plan_.paths, credentials_);
  if (!verified) {
    take_back(files);
    return verified;
  }
  if (fine) return Done{};
  changed_ = true;
  for (const DeployedPaths& paths : plan_.paths) {
    const std::filesystem::path& at = paths.pkcs12.empty() ? paths.leaf : paths.pkcs12;
    lines_.push_back("wrote " + printable(at.string()));
    log_.info("deploy.written", {{"deployment", deployment_.name}, {"file", at.string()}});
  }
  return Done{};
}

// With `old` what HAProxy had before goes back.
Status DeployAttempt::tell_haproxy(bool old) {
  if (deployment_.haproxy_socket.empty()) return Done{};
  for (std::size_t i = 0; i < plan_.placements.size(); ++i) {
    const Placement& placement = plan_.placements[i];
    const bool was_told = std::find(told_.begin(), told_.end(), i) != told_.end();
    if (old && (!was_told || old_bundles_[i].second.empty())) continue;
    const SecretBytes& pem = old ? old_bundles_[i].second : placement.entries.front().content;
    const Status given =
        give_to_haproxy(deployment_.haproxy_socket, haproxy_name(deployment_, placement.path), pem,
                        Deadline::after(kHaproxy));
    if (!given && given.error().id == "haproxy-absent") {
      lines_.push_back(given.error().detail + "; it reads the files when it starts");
      return Done{};
    }
    if (!given) return given;
    if (!old) told_.push_back(i);
    changed_ = true;
    lines_.push_back("haproxy: " + printable(haproxy_name(deployment_, placement.path)) +
                     (old ? " has its old certificate again" : " committed"));
  }
  return Done{};
}

void DeployAttempt::take_back(FileSet& files) {
  const Status back = files.take_back();
  const Status served = tell_haproxy(true);
  for (const Status& step : {back, served}) {
    if (step) continue;
    log_.error("deploy.not-taken-back", {{"deployment", deployment_.name}, {"error", step.error().detail}});
    lines_.push_back("could not be taken back: " + step.error().detail);
  }
  if (back) lines_.push_back("the old files stand again");
}

Status DeployAttempt::serve() {
  CHECK_OK(run_hook("check", deployment_.hooks.check, variables_));
  CHECK_OK(tell_haproxy(false));
  return run_hook_for_lineages("reload", deployment_.hooks.reload);
}

void DeployAttempt::remember_written() {
  state_.written.clear();
  for (std::size_t i = 0; i < plan_.paths.size(); ++i) {
    if (plan_.paths[i].pkcs12.empty()) continue;
    state_.written[plan_.paths[i].pkcs12.string()] = {
        credentials_[i]->leaf.fingerprint(),
        sha256_hex(plan_.placements[i].entries.front().content.reveal())};
  }
}

Status DeployAttempt::perform(bool force) {
  TRY(const bool due, is_due());
  if (!due && !force) return Done{};
  // Who could be made to write elsewhere is told so before any hook runs.
  TRY(FileSet files, FileSet::open(plan_, owner_));
  CHECK_OK(run_hook("pre", deployment_.hooks.pre, variables_));
  CHECK_OK(put_files(files));
  const Status served = serve();
  if (!served) {
    take_back(files);
    return served.error();
  }
  CHECK_OK(files.finish());
  remember_written();
  state_.complete = wanted_state();
  state_.digest_of_config = deployment_.digest;
  return run_hook_for_lineages("post", deployment_.hooks.post);
}

void DeployAttempt::observe(DeploymentReport& report, Duration patience) {
  report.deployed = read_deployed(plan_.paths, state_, credentials_);
  report.deployed_at = state_.report ? state_.report->deployed_at : std::nullopt;
  if (changed_ || !report.deployed_at) report.deployed_at = clock_.now();
  if (deployment_.proofs.empty()) return;
  report.served = prove(deployment_, credentials_, patience);
  report.proved_at = clock_.now();
}

std::vector<std::string> DeployAttempt::description() const {
  std::vector<std::string> out = plan_.warnings;
  const auto hook = [&](std::string_view name, const std::vector<std::string>& command, std::size_t runs) {
    if (command.empty()) return;
    out.push_back("run   " + std::string(name) + (runs > 1 ? " for each lineage: " : ": ") + shown(command));
  };
  const std::size_t lineages = lineage_variables_.size();
  const std::string& user = deployment_.permissions.owner;
  const std::string& group = deployment_.permissions.group;
  const std::string owner = user.empty() && group.empty() ? "" : ", " + user + ":" + group;
  hook("pre", deployment_.hooks.pre, 1);
  for (const Addition& addition : plan_.additions) {
    out.push_back("write " + (addition.directory / addition.name).string() + " (" + octal(addition.mode) +
                  owner + ")");
  }
  for (const Placement& placement : plan_.placements) {
    for (const PlannedEntry& entry : placement.entries) {
      const auto path = entry.name.empty() ? placement.path : placement.path / entry.name;
      if (!entry.link_to.empty()) {
        out.push_back("link  " + path.string() + " -> " + entry.link_to);
      } else {
        out.push_back("write " + path.string() + " (" + octal(entry.mode) + owner + ")");
      }
    }
  }
  for (const RoleLink& link : plan_.links)
    out.push_back("link  " + link.path.string() + " -> " + link.target.string());
  hook("check", deployment_.hooks.check, 1);
  if (!deployment_.haproxy_socket.empty()) {
    for (const Placement& placement : plan_.placements) {
      out.push_back("tell  " + deployment_.haproxy_socket + ": set and commit ssl cert " +
                    haproxy_name(deployment_, placement.path));
    }
  }
  hook("reload", deployment_.hooks.reload, lineages);
  hook("post", deployment_.hooks.post, lineages);
  for (const std::string& target : deployment_.proofs) {
    for (const DeployCredential* credential : credentials_) {
      out.push_back("prove " + target + " serves the " +
                    std::string(key_kind_name(kind_of(credential->type()))) + " certificate " +
                    credential->leaf.serial());
    }
  }
  return out;
}

}  // namespace certstead
