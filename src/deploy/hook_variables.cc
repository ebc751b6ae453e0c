#include "deploy/hook_variables.h"

#include "base/text.h"

namespace certstead {

Variables hook_variables(const Deployment& deployment,
                         const std::vector<const DeployCredential*>& credentials,
                         const std::vector<DeployedPaths>& paths) {
  Variables out;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) out.emplace_back(name, value);
  };
  std::vector<std::string> serials, kinds;
  for (const DeployCredential* credential : credentials) {
    serials.push_back(credential->leaf.serial());
    kinds.emplace_back(key_kind_name(kind_of(credential->type())));
  }
  const std::vector<std::string>& names = credentials.front()->names;
  const DeployedPaths& first = paths.front();
  add("RENEWED_DOMAINS", join(names, " "));
  add("RENEWED_LINEAGE", first.lineage.empty() ? first.leaf.parent_path().string() : first.lineage.string());
  add("CERTBOT_DOMAIN", names.empty() ? "" : names.front());
  add("CERTBOT_ALL_DOMAINS", join(names, ","));
  add("LEGO_CERT_DOMAIN", names.empty() ? "" : names.front());
  add("LEGO_CERT_PATH", first.leaf);
  add("LEGO_CERT_KEY_PATH", first.key);
  add("LEGO_ISSUER_CERT_PATH", first.chain);
  add("LEGO_CERT_PEM_PATH", first.combined);
  add("LEGO_CERT_PFX_PATH", first.pkcs12);
  add("CERTSTEAD_DEPLOYMENT", deployment.name);
  add("CERTSTEAD_SET", deployment.set);
  add("CERTSTEAD_SERIALS", join(serials, " "));
  add("CERTSTEAD_KEYS", join(kinds, " "));
  return out;
}

std::vector<Variables> lineage_variables(const Deployment& deployment,
                                         const std::vector<const DeployCredential*>& credentials,
                                         const std::vector<DeployedPaths>& paths) {
  if (paths.size() < 2 || paths.front().lineage.empty())
    return {hook_variables(deployment, credentials, paths)};
  std::vector<Variables> out;
  for (std::size_t i = 0; i < paths.size(); ++i)
    out.push_back(hook_variables(deployment, {credentials[i]}, {paths[i]}));
  return out;
}

}  // namespace certstead
