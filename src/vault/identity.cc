#include "vault/identity.h"

#include "base/file.h"
#include "vault/identity_files.h"

namespace certstead {
namespace {

Result<IdentityKey> issue_for(const FleetCa& ca, PrivateKey key, const IdentityName& name, IdentityUse use,
                              Instant now) {
  TRY(Certificate certificate, ca.issue(key.public_key(), name, use, now));
  return IdentityKey{std::move(key), std::move(certificate)};
}

Result<Identity> issue_both(const FleetCa& ca, const IdentityName& name, PrivateKey sealing_key,
                            PrivateKey signing_key, Instant now) {
  TRY(IdentityKey sealing, issue_for(ca, std::move(sealing_key), name, IdentityUse::kSealing, now));
  TRY(IdentityKey signing, issue_for(ca, std::move(signing_key), name, IdentityUse::kSigning, now));
  return Identity{name.id, name.role, std::move(sealing), std::move(signing), ca.root()};
}

Status check_pair(const IdentityKey& pair) {
  if (pair.certificate.matches(pair.key)) return Done{};
  return denied("the private key does not belong to the certificate of " + pair.certificate.subject(),
                "identity-key");
}

Status save_pair(const IdentityKey& pair, const std::filesystem::path& directory, std::string_view name) {
  const std::string stem = (directory / name).string();
  CHECK_OK(save_private_key_file(pair.key, stem + ".key"));
  return save_certificate_file(pair.certificate, stem + ".pem");
}

Result<IdentityKey> load_pair(const std::filesystem::path& directory, std::string_view name) {
  const std::string stem = (directory / name).string();
  TRY(PrivateKey key, load_private_key_file(stem + ".key"));
  TRY(Certificate certificate, load_certificate_file(stem + ".pem"));
  return IdentityKey{std::move(key), std::move(certificate)};
}

}  // namespace

Result<Identity> make_identity(const FleetCa& ca, const IdentityName& name, Instant now) {
  TRY(PrivateKey sealing, PrivateKey::generate(KeyType::kP256));
  TRY(PrivateKey signing, PrivateKey::generate(KeyType::kP256));
  return issue_both(ca, name, std::move(sealing), std::move(signing), now);
}

Result<Identity> renew_identity(const FleetCa& ca, const Identity& identity, Instant now) {
  return issue_both(ca, identity.name(), identity.sealing.key, identity.signing.key, now);
}

Result<Identity> assemble_identity(IdentityKey sealing, IdentityKey signing, Certificate root) {
  CHECK_OK(check_pair(sealing));
  CHECK_OK(check_pair(signing));
  TRY(const IdentityName name,
      trusted_identity_name(signing.certificate, root, IdentityUse::kSigning, std::nullopt));
  CHECK_OK(verify_identity_certificate(sealing.certificate, root, name, IdentityUse::kSealing, std::nullopt));
  return Identity{name.id, name.role, std::move(sealing), std::move(signing), std::move(root)};
}

Status save_identity(const Identity& identity, const std::filesystem::path& directory) {
  CHECK_OK(make_directories(directory, 0700));
  CHECK_OK(claim_directory(directory, identity.root));
  CHECK_OK(save_pair(identity.sealing, directory, "sealing"));
  CHECK_OK(save_pair(identity.signing, directory, "signing"));
  return save_certificate_file(identity.root, directory / kFleetRootFile);
}

Result<Identity> load_identity(const std::filesystem::path& directory) {
  TRY(IdentityKey sealing, load_pair(directory, "sealing"));
  TRY(IdentityKey signing, load_pair(directory, "signing"));
  TRY(Certificate root, load_certificate_file(directory / kFleetRootFile));
  auto identity = assemble_identity(std::move(sealing), std::move(signing), std::move(root));
  if (!identity) return identity.error().within("the identity in " + directory.string());
  return identity;
}

}  // namespace certstead
