#include "vault/fleet_ca.h"

#include <algorithm>

#include "base/codec.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/issue.h"
#include "crypto/random.h"
#include "vault/identity_files.h"

namespace certstead {
namespace {

constexpr std::string_view kKeyFile = "fleet-ca.key";

Bytes epoch_message(std::string_view store_id, std::int64_t epoch) {
  return Encoder().text("certstead-epoch-1").text(store_id).i64(epoch).take();
}

}  // namespace

Result<FleetCa> FleetCa::make(Instant now) {
  TRY(PrivateKey key, PrivateKey::generate(KeyType::kP256));
  const CertificateTemplate content{
      .common_name = "Certstead fleet CA " + hex_encode(random_bytes(4)),
      .dns_names = {},
      .public_key = key.public_key(),
      .not_before = now - kIdentityBackdating,
      .not_after = now + kFleetRootLife,
      .is_ca = true,
      .path_length = 0,
  };
  TRY(Certificate root, issue_certificate(content, key, std::nullopt));
  return FleetCa(std::move(key), std::move(root));
}

Result<FleetCa> FleetCa::load(const std::filesystem::path& directory) {
  TRY(PrivateKey key, load_private_key_file(directory / kKeyFile));
  TRY(Certificate root, load_certificate_file(directory / kFleetRootFile));
  if (!root.matches(key) || !root.is_self_signed() || !root.is_ca()) {
    return denied((directory / kKeyFile).string() + " is not the key of the fleet CA in " +
                      std::string(kFleetRootFile) + " beside it; restore both from the same backup",
                  "fleet-ca-mismatch");
  }
  return FleetCa(std::move(key), std::move(root));
}

Status FleetCa::save(const std::filesystem::path& directory) const {
  CHECK_OK(make_directories(directory, 0700));
  CHECK_OK(claim_directory(directory, root_));
  const auto existing = load_private_key_file(directory / kKeyFile);
  if (existing && !root_.matches(*existing)) {
    return conflict(directory.string() + " holds another fleet CA; choose another directory",
                    "fleet-ca-exists");
  }
  if (!existing && existing.error().code != Code::kNotFound) return existing.error();
  CHECK_OK(save_private_key_file(key_, directory / kKeyFile));
  return save_certificate_file(root_, directory / kFleetRootFile);
}

Result<Certificate> FleetCa::issue(const PublicKey& key, const IdentityName& name, IdentityUse use,
                                   Instant now) const {
  CHECK_OK(check_identity_id(name.id));
  if (key.type() != KeyType::kP256) {
    return invalid("the keys of identities are P-256; make a new one for " + identity_common_name(name),
                   "identity-key");
  }
  const bool signs = use == IdentityUse::kSigning;
  const CertificateTemplate content{
      .common_name = identity_common_name(name),
      .dns_names = {identity_host_name(name.role, use)},
      .public_key = key,
      .not_before = std::max(now - kIdentityBackdating, root_.not_before()),
      .not_after = std::min<Instant>(now + kIdentityLife, root_.not_after()),
      .server_auth = signs,
      .client_auth = signs,
      .key_agreement = !signs,
  };
  return issue_certificate(content, key_, root_);
}

Result<Bytes> FleetCa::prove_epoch(std::string_view store_id, std::int64_t epoch) const {
  return key_.sign(epoch_message(store_id, epoch));
}

Status verify_epoch_proof(const Certificate& root, std::string_view store_id, std::int64_t epoch,
                          BytesView proof) {
  if (root.public_key().verify(epoch_message(store_id, epoch), proof)) return Done{};
  return denied("epoch " + std::to_string(epoch) + " of store " + printable(store_id) +
                    " is not signed by the fleet CA; raise it with the fleet CA's key",
                "epoch-proof");
}

}  // namespace certstead
