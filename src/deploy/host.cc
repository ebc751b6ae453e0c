#include "deploy/host.h"

#include <sys/stat.h>

#include <algorithm>
#include <thread>

#include "base/host_name.h"
#include "base/text.h"
#include "deploy/safe_directory.h"

namespace certstead {
namespace {

constexpr Duration kLockPatience = std::chrono::minutes{1};
constexpr Duration kLockPause = std::chrono::milliseconds{100};

Result<FileLock> lock(const std::filesystem::path& state) {
  TRY(const SafeDirectory directory, SafeDirectory::open(state, {}, 0700));
  const Deadline deadline = Deadline::after(kLockPatience);
  for (;;) {
    auto held = FileLock::acquire(directory.path() / "lock");
    if (held || held.error().code != Code::kConflict) return held;
    if (deadline.passed())
      return conflict("another process has been deploying for a minute; try again", "deploy-busy");
    std::this_thread::sleep_for(kLockPause);
  }
}

}  // namespace

DeployHost::DeployHost(DeployPlaces places, const Clock& clock, LogSink& log)
    : places_(std::move(places)),
      clock_(clock),
      log_(log),
      directory_(places_.directory),
      deployer_({places_.state, host_name().value_or("localhost")}, clock, log) {}

Result<std::vector<DeployCredential>> DeployHost::credentials_of(const std::string& set) const {
  auto view = ViewSource::open(places_.view);
  if (!view) {
    return view.error().within(
        "the view of this host can't be read (does the manager run with --view deploy=" +
        printable(places_.view, 200) + "?)");
  }
  TRY(auto found, view->credentials_of({set}));
  return std::move(found[set]);
}

bool DeployHost::is_due(const DeployFile& file) const {
  if (!file.deployment) return true;
  const auto credentials = credentials_of(file.deployment->set);
  if (!credentials) return true;
  return deployer_.is_due(*file.deployment, *credentials).value_or(true);
}

DeployRun DeployHost::run_file(const DeployFile& file, Mode mode) const {
  if (!file.deployment) {
    Deployment unread;
    unread.name = file.name;
    const auto state = read_state(places_.state, file.name);
    if (state && state->report) unread.set = state->report->set_name;
    return deployer_.failed(unread, file.deployment.error());
  }
  const Deployment& deployment = *file.deployment;
  const auto credentials = credentials_of(deployment.set);
  if (!credentials) return deployer_.failed(deployment, credentials.error());
  if (mode == Mode::kProve) return deployer_.prove_again(deployment, *credentials);
  return deployer_.run(deployment, *credentials, mode == Mode::kForce);
}

Result<std::vector<DeployRun>> DeployHost::run(Mode mode, const Wanted& wanted) const {
  TRY(const FileLock held, lock(places_.state));
  TRY(const std::vector<DeployFile> files, directory_.list());
  std::vector<DeployRun> runs;
  for (const DeployFile& file : files) {
    if (!wanted(file.name)) continue;
    if (mode == Mode::kDue && !is_due(file)) continue;
    runs.push_back(run_file(file, mode));
  }
  return runs;
}

Result<std::vector<DeploymentReport>> DeployHost::untold() const {
  TRY(const std::vector<DeployFile> files, directory_.list());
  std::vector<DeploymentReport> out;
  for (const DeployFile& file : files) {
    TRY(const DeployState state, read_state(places_.state, file.name));
    if (state.report && !state.told && !state.report->set_name.empty()) out.push_back(*state.report);
  }
  return out;
}

Status DeployHost::mark_told(const DeploymentReport& report) const {
  TRY(const FileLock held, lock(places_.state));
  TRY(DeployState state, read_state(places_.state, report.name));
  if (!state.report || !same_state(*state.report, report)) return Done{};
  state.told = true;
  return write_state(places_.state, report.name, state);
}

Result<std::vector<std::string>> DeployHost::describe(const Deployment& deployment) const {
  TRY(const auto credentials, credentials_of(deployment.set));
  TRY(const bool due, deployer_.is_due(deployment, credentials));
  TRY(std::vector<std::string> lines, deployer_.describe(deployment, credentials));
  if (!due)
    lines.insert(lines.begin(), "nothing to do but the proof: everything stands already; with --force:");
  return lines;
}

Result<std::vector<std::pair<std::string, Result<std::vector<std::string>>>>> DeployHost::describe(
    const Wanted& wanted) const {
  TRY(const std::vector<DeployFile> files, directory_.list());
  std::vector<std::pair<std::string, Result<std::vector<std::string>>>> out;
  for (const DeployFile& file : files) {
    if (!wanted(file.name)) continue;
    out.emplace_back(file.name, file.deployment ? describe(*file.deployment)
                                                : Result<std::vector<std::string>>(file.deployment.error()));
  }
  return out;
}

std::string DeployHost::view_position() const {
  const auto view = ViewSource::open(places_.view);
  return view ? std::to_string(view->position().value_or(0)) : "";
}

std::string DeployHost::config_position() const {
  std::vector<std::string> parts;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(places_.directory, ignored)) {
    struct stat info {};
    if (::stat(entry.path().c_str(), &info) != 0) continue;
    parts.push_back(entry.path().filename().string() + ":" + std::to_string(info.st_mtim.tv_sec) + "." +
                    std::to_string(info.st_mtim.tv_nsec) + ":" + std::to_string(info.st_ino));
  }
  std::sort(parts.begin(), parts.end());
  return join(parts, " ") + ".";
}

}  // namespace certstead
