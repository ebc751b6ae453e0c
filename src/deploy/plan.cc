#include "deploy/plan.h"

#include <algorithm>
#include <set>

#include "base/secret_line.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "deploy/plan_parts.h"
#include "pki/export.h"

namespace certstead {
namespace {

SecretBytes secret(const std::string& text) { return SecretBytes(view_bytes(text)); }

mode_t key_mode(const Deployment& d) { return static_cast<mode_t>(d.permissions.mode); }
mode_t public_mode(const Deployment& d) { return static_cast<mode_t>(d.permissions.public_mode); }

void place_file(DeployPlan& plan, const std::filesystem::path& path, SecretBytes content, mode_t mode) {
  Placement placement;
  placement.path = path;
  placement.entries.push_back({"", std::move(content), mode});
  plan.placements.push_back(std::move(placement));
}

void plan_bundle(const Deployment& d, const std::filesystem::path& path, const DeployCredential& credential,
                 DeployPlan& plan) {
  place_file(plan, path, combined_pem(credential), key_mode(d));
  DeployedPaths paths;
  paths.kind = kind_of(credential.type());
  paths.key = paths.leaf = paths.combined = path;
  plan.paths.push_back(std::move(paths));
}

Result<SecretBytes> read_password(const std::string& file) {
  TRY(SecretBytes password, read_secret_line(file));
  if (password.empty())
    return invalid(printable(file) + " has no password in its first line", "deploy-password");
  return password;
}

// PKCS#12 comes out differently each time; the file is left alone while it is the one that was written for
// this leaf.
Result<SecretBytes> pkcs12_content(const Deployment& d, const std::filesystem::path& path,
                                   const DeployCredential& credential, const DeployState& state) {
  const auto written = state.written.find(path.string());
  if (written != state.written.end() && state.digest_of_config == d.digest &&
      written->second.leaf == credential.leaf.fingerprint()) {
    auto present = read_secret_file(path);
    if (present && sha256_hex(present->reveal()) == written->second.content) return present;
  }
  TRY(const SecretBytes password, read_password(d.password_file));
  std::vector<Bytes> chain = {credential.leaf.der()};
  chain.insert(chain.end(), credential.intermediates.begin(), credential.intermediates.end());
  return to_pkcs12(credential.key, chain, password, d.set,
                   d.legacy_pkcs12 ? Pkcs12Style::kLegacy : Pkcs12Style::kModern);
}

Status plan_pkcs12(const Deployment& d, const DeployCredential& credential, const DeployState& state,
                   DeployPlan& plan) {
  DeployedPaths paths;
  paths.kind = kind_of(credential.type());
  paths.pkcs12 = with_kind(d.path, paths.kind);
  TRY(SecretBytes content, pkcs12_content(d, paths.pkcs12, credential, state));
  place_file(plan, paths.pkcs12, std::move(content), key_mode(d));
  plan.paths.push_back(std::move(paths));
  return Done{};
}

// The files lie together in a directory of ours that is switched as a whole; where they are wanted there are
// links to them, so that key and certificate change in one step.
void plan_files(const Deployment& d, const DeployCredential& credential, DeployPlan& plan) {
  DeployedPaths paths;
  paths.kind = kind_of(credential.type());
  paths.key = with_kind(d.key_path, paths.kind);
  Placement placement;
  placement.is_directory = true;
  placement.path =
      paths.key.parent_path() / (".certstead-" + d.name + "-" + std::string(key_kind_name(paths.kind)));
  const auto add = [&](const std::string& wanted, const char* name, SecretBytes content, mode_t mode) {
    const std::filesystem::path at = with_kind(wanted, paths.kind);
    if (wanted.empty()) return at;
    const bool beside = at.parent_path() == placement.path.parent_path();
    const std::filesystem::path to = beside ? placement.path.filename() / name : placement.path / name;
    placement.entries.push_back({name, std::move(content), mode});
    plan.links.push_back({at, to});
    return at;
  };
  add(d.key_path, "privkey.pem", SecretBytes(credential.key.to_pkcs8_pem()), key_mode(d));
  const auto cert = add(d.cert_path, "cert.pem", leaf_pem(credential), public_mode(d));
  paths.chain = add(d.chain_path, "chain.pem", chain_pem(credential), public_mode(d));
  const auto full = add(d.fullchain_path, "fullchain.pem", fullchain_pem(credential), public_mode(d));
  paths.leaf = full.empty() ? cert : full;
  plan.placements.push_back(std::move(placement));
  plan.paths.push_back(std::move(paths));
}

Status plan_one(const Deployment& d, const DeployCredential& credential, const Owner& owner,
                const DeployState& state, DeployPlan& plan) {
  const KeyKind kind = kind_of(credential.type());
  switch (d.layout) {
    case Layout::kCertbot:
      return plan_certbot(d, credential, owner, plan);
    case Layout::kCombined:
      plan_bundle(d, with_kind(d.path, kind), credential, plan);
      return Done{};
    case Layout::kHaproxy:
      plan_bundle(d, std::filesystem::path(d.path) / (d.lineage + ".pem." + std::string(key_kind_name(kind))),
                  credential, plan);
      return Done{};
    case Layout::kFiles:
      plan_files(d, credential, plan);
      return Done{};
    case Layout::kPkcs12:
      return plan_pkcs12(d, credential, state, plan);
  }
  return internal("a layout that nobody knows");
}

Status check_paths(const DeployPlan& plan) {
  std::set<std::filesystem::path> seen;
  const auto taken = [&](const std::filesystem::path& path) { return !seen.insert(path).second; };
  const auto error = [](const std::filesystem::path& path) {
    return invalid("two kinds of key would both go to " + printable(path.string()) +
                       "; put {key} into the path, or choose one with keys = [\"ecdsa\"]",
                   "deploy-keys");
  };
  for (const Placement& placement : plan.placements) {
    if (taken(placement.path)) return error(placement.path);
  }
  for (const RoleLink& link : plan.links) {
    if (taken(link.path)) return error(link.path);
  }
  return Done{};
}

}  // namespace

SecretBytes leaf_pem(const DeployCredential& credential) { return secret(credential.leaf.to_pem()); }

SecretBytes chain_pem(const DeployCredential& credential) {
  return secret(chain_to_pem(credential.intermediates));
}

SecretBytes fullchain_pem(const DeployCredential& credential) {
  return secret(credential.leaf.to_pem() + chain_to_pem(credential.intermediates));
}

SecretBytes combined_pem(const DeployCredential& credential) {
  const SecretBytes key = credential.key.to_pkcs8_pem();
  const SecretBytes chain = fullchain_pem(credential);
  Bytes out;
  out.reserve(key.size() + chain.size());
  out.insert(out.end(), key.reveal().begin(), key.reveal().end());
  out.insert(out.end(), chain.reveal().begin(), chain.reveal().end());
  return SecretBytes(std::move(out));
}

Result<std::vector<const DeployCredential*>> choose(const Deployment& deployment,
                                                    const std::vector<DeployCredential>& all) {
  std::vector<const DeployCredential*> out;
  for (const DeployCredential& credential : all) {
    const auto& kinds = deployment.kinds;
    const bool wanted =
        kinds.empty() || std::find(kinds.begin(), kinds.end(), kind_of(credential.type())) != kinds.end();
    if (wanted) out.push_back(&credential);
  }
  std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->type() < b->type(); });
  if (all.empty()) {
    return not_found("the view of this host holds no certificate of the set \"" +
                         printable(deployment.set, 100) +
                         "\"; is it issued, and does the manager fill this view?",
                     "deploy-set");
  }
  for (const KeyKind kind : deployment.kinds) {
    const bool there =
        std::any_of(out.begin(), out.end(), [&](const auto* c) { return kind_of(c->type()) == kind; });
    if (there) continue;
    return invalid("the set \"" + printable(deployment.set, 100) + "\" has no " +
                       std::string(key_kind_name(kind)) + " key; choose others with keys = [...]",
                   "deploy-keys");
  }
  return out;
}

Result<DeployPlan> make_plan(const Deployment& deployment,
                             const std::vector<const DeployCredential*>& credentials, const Owner& owner,
                             const DeployState& state) {
  DeployPlan plan;
  for (const DeployCredential* credential : credentials) {
    CHECK_OK(plan_one(deployment, *credential, owner, state, plan));
  }
  CHECK_OK(check_paths(plan));
  return plan;
}

}  // namespace certstead
