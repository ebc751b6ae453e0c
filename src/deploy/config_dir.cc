#include "deploy/config_dir.h"

#include <unistd.h>

#include "base/text.h"
#include "deploy/safe_directory.h"

namespace certstead {
namespace {

constexpr std::string_view kEnding = ".toml";

Result<SafeDirectory> open_directory(const std::filesystem::path& path, std::optional<mode_t> make = {}) {
  auto opened = SafeDirectory::open(path, {}, make);
  if (opened || opened.error().code != Code::kDenied) return opened;
  Error error = opened.error().within("deployments are not read");
  error.id = "deploy-config-owner";
  return error;
}

Result<Deployment> read_one(const SafeDirectory& directory, const std::string& name) {
  const std::string file = name + std::string(kEnding);
  const std::string path = (directory.path() / file).string();
  TRY(const Entry entry, directory.look(file));
  if (!entry.exists) {
    return not_found("there is no deployment \"" + printable(name, 80) + "\" in " +
                         printable(directory.path().string()) + "; certstead deploy list shows what there is",
                     "deploy-unknown");
  }
  const bool ours = entry.info.st_uid == 0 || entry.info.st_uid == ::geteuid();
  if (!ours || (entry.info.st_mode & 0022) != 0) {
    return denied(printable(path) +
                      " can be written by others than root, and it names commands; give it to root and "
                      "chmod 0644 it",
                  "deploy-config-owner");
  }
  TRY(const SecretBytes text, directory.read(file));
  return parse_deployment(to_text(text.reveal()), name, path);
}

}  // namespace

Result<std::vector<DeployFile>> DeployDirectory::list() const {
  std::vector<DeployFile> out;
  const auto directory = open_directory(path_);
  if (!directory && directory.error().code == Code::kNotFound) return out;
  if (!directory) return directory.error();
  TRY(const auto names, directory->names());
  for (const std::string& file : names) {
    if (!file.ends_with(kEnding) || file.starts_with(".")) continue;
    const std::string name = file.substr(0, file.size() - kEnding.size());
    out.push_back({name, read_one(*directory, name)});
  }
  return out;
}

Result<Deployment> DeployDirectory::find(const std::string& name) const {
  CHECK_OK(check_deployment_name(name));
  TRY(const SafeDirectory directory, open_directory(path_));
  return read_one(directory, name);
}

Status DeployDirectory::add(const Deployment& deployment) const {
  CHECK_OK(check_deployment_name(deployment.name));
  TRY(const SafeDirectory directory, open_directory(path_, 0755));
  const std::string file = deployment.name + std::string(kEnding);
  const std::string fresh = "." + file + ".new";
  CHECK_OK(directory.remove(fresh));
  const std::string text = deployment_text(deployment);
  CHECK_OK(directory.write_new(fresh, view_bytes(text), {}, 0644));
  const Status placed = directory.rename_new(fresh, file);
  if (placed) return directory.sync();
  CHECK_OK(directory.remove(fresh));
  if (placed.error().code != Code::kConflict) return placed;
  return conflict("there is a deployment \"" + deployment.name + "\" already; remove it first, or edit " +
                      printable((path_ / file).string()),
                  "deploy-exists");
}

Status DeployDirectory::remove(const std::string& name) const {
  TRY(const Deployment known, find(name));
  TRY(const SafeDirectory directory, open_directory(path_));
  CHECK_OK(directory.remove(known.name + std::string(kEnding)));
  return directory.sync();
}

}  // namespace certstead
