#include "deploy_scene.h"

#include <sys/stat.h>

#include <stdexcept>

#include "probe/target.h"

namespace certstead {
namespace {

bool is_rsa_kind(const std::string& kind) { return kind == "rsa"; }

}  // namespace

DeployScene::DeployScene()
    : host({(dir.path() / "deploy.d").string(), view().string(), (dir.path() / "state").string()},
           manager.clock, log_) {
  if (::chmod(dir.path().c_str(), 0755) != 0) throw std::runtime_error("chmod failed");
  manager.issue({kName}, {"p256", "rsa2048"});
  wait_for_view();
}

void DeployScene::wait_for_view() {
  const auto seq = manager.store->settings().identity()->seq;
  if (!manager.member->wait_applied(seq, Deadline::after(std::chrono::seconds{60})))
    throw std::runtime_error("the view does not follow");
}

void DeployScene::renew() {
  if (!manager.requests->renew(kName, true, manager.actor)) throw std::runtime_error("renew failed");
  manager.run_due();
  wait_for_view();
}

std::string DeployScene::serial(const std::string& kind) {
  for (const CredentialVersion& version : manager.show(kName).versions) {
    if (version.state == VersionState::kActive && is_rsa(version.key_type) == is_rsa_kind(kind))
      return version.facts.serial;
  }
  return "";
}

Deployment DeployScene::deployment(Layout layout) {
  Deployment out;
  out.name = "www";
  out.set = out.lineage = kName;
  out.layout = layout;
  return out;
}

void DeployScene::put(const Deployment& deployment) {
  if (host.directory().find(deployment.name)) static_cast<void>(host.directory().remove(deployment.name));
  const Status added = host.directory().add(deployment);
  if (!added) throw std::runtime_error(added.error().detail);
}

DeployRun DeployScene::run(DeployHost::Mode mode) {
  auto runs = host.run(mode, [](const std::string&) { return true; });
  if (!runs) throw std::runtime_error(runs.error().detail);
  if (runs->size() != 1) throw std::runtime_error("there is not one deployment");
  return runs->front();
}

std::vector<std::string> DeployScene::run_words() const {
  return {"--socket",      at("no-manager"), "deploy",         "run",      "--deploy-dir", at("deploy.d"),
          "--deploy-view", view().string(),  "--deploy-state", at("state")};
}

std::string served_serial(const std::string& target, const std::string& kind) {
  auto request = parse_target(target);
  if (!request) return request.error().detail;
  request->server_name = DeployScene::kName;
  request->key = is_rsa_kind(kind) ? ProbeKey::kRsa : ProbeKey::kEcdsa;
  request->deadline = Deadline::after(std::chrono::seconds{30});
  const auto report = probe(*request);
  return report ? report->leaf.serial() : report.error().detail;
}

std::string serial_of_pair(const std::string& key_file, const std::string& certificate_file) {
  const auto key_text = read_text_file(key_file), certificate_text = read_text_file(certificate_file);
  if (!key_text || !certificate_text) return "a file is absent";
  const auto key = PrivateKey::from_pem(view_bytes(*key_text));
  const auto certificate = Certificate::from_pem(*certificate_text);
  if (!key || !certificate) return "a file can't be read";
  return certificate->matches(*key) ? certificate->serial() : "no pair";
}

}  // namespace certstead
