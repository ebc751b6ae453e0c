#include "deploy/read_back.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"

namespace certstead {
namespace {

DeployedCertificate entry(const std::filesystem::path& path, const Certificate& leaf, KeyType type) {
  return {path.string(), type, leaf.serial(), leaf.fingerprint(), leaf.not_after()};
}

std::optional<DeployedCertificate> read_one(const DeployedPaths& paths, const DeployState& state,
                                            const std::vector<const DeployCredential*>& credentials) {
  if (!paths.pkcs12.empty()) {
    const auto known = state.written.find(paths.pkcs12.string());
    const auto content = read_secret_file(paths.pkcs12);
    if (known == state.written.end() || !content || sha256_hex(content->reveal()) != known->second.content)
      return {};
    for (const DeployCredential* one : credentials) {
      if (one->leaf.fingerprint() == known->second.leaf) return entry(paths.pkcs12, one->leaf, one->type());
    }
    if (state.report) {
      for (const DeployedCertificate& before : state.report->deployed) {
        if (before.path == paths.pkcs12 && before.fingerprint == known->second.leaf) return before;
      }
    }
    return {};
  }
  const auto text = read_secret_file(paths.leaf);
  if (!text) return {};
  const auto leaf = Certificate::from_pem(to_text(text->reveal()));
  if (!leaf || !leaf->public_key().type()) return {};
  return entry(paths.leaf, *leaf, *leaf->public_key().type());
}

Error wrong(const std::filesystem::path& path, std::string_view why) {
  return internal(printable(path.string()) + " " + std::string(why), "deploy-verify");
}

Status verify_one(const DeployedPaths& paths, const DeployCredential& credential) {
  if (!paths.pkcs12.empty()) return Done{};  // checked byte by byte when it was switched
  TRY(const SecretBytes leaf_text, read_secret_file(paths.leaf));
  TRY(const Certificate leaf, Certificate::from_pem(to_text(leaf_text.reveal())));
  TRY(const SecretBytes key_text, read_secret_file(paths.key));
  TRY(const PrivateKey key, PrivateKey::from_pem(key_text.reveal()));
  if (!leaf.matches(key))
    return wrong(paths.leaf, "and " + printable(paths.key.string()) + " don't belong together");
  if (leaf.fingerprint() != credential.leaf.fingerprint())
    return wrong(paths.leaf, "holds another certificate");
  return Done{};
}

}  // namespace

std::vector<DeployedCertificate> read_deployed(const std::vector<DeployedPaths>& paths,
                                               const DeployState& state,
                                               const std::vector<const DeployCredential*>& credentials) {
  std::vector<DeployedCertificate> out;
  for (const DeployedPaths& one : paths) {
    if (auto found = read_one(one, state, credentials)) out.push_back(std::move(*found));
  }
  return out;
}

Status verify_deployed(const std::vector<DeployedPaths>& paths,
                       const std::vector<const DeployCredential*>& credentials) {
  for (std::size_t i = 0; i < paths.size(); ++i) CHECK_OK(verify_one(paths[i], *credentials[i]));
  return Done{};
}

}  // namespace certstead
