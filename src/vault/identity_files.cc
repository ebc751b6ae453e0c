#include "vault/identity_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxKeyFile = std::size_t{64} << 10;

// Nothing if `path` does not exist or can't be asked: reading it says why.
Status check_owner_only(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return Done{};
  if (!S_ISREG(info.st_mode)) return denied(path.string() + " is not a regular file", "key-file-open");
  if (info.st_uid != ::geteuid() && info.st_uid != 0) {
    return denied(
        path.string() + " belongs to another user, who could change it; give it to the user of this service",
        "key-file-open");
  }
  if ((info.st_mode & 077) != 0) {
    return denied(path.string() +
                      " is open to others than its owner; run chmod 600 on it, and make a new key if "
                      "somebody may have read it",
                  "key-file-open");
  }
  return Done{};
}

}  // namespace

Result<PrivateKey> load_private_key_file(const std::filesystem::path& path) {
  CHECK_OK(check_owner_only(path));
  TRY(const SecretBytes pem, read_secret_file(path, kMaxKeyFile));
  auto key = PrivateKey::from_pem(pem.reveal());
  if (!key) return key.error().within(path.string());
  return key;
}

Status save_private_key_file(const PrivateKey& key, const std::filesystem::path& path) {
  return write_file_atomic(path, key.to_pkcs8_pem().reveal(), 0600);
}

Result<Certificate> load_certificate_file(const std::filesystem::path& path) {
  TRY(const std::string pem, read_text_file(path, kMaxKeyFile));
  auto certificate = Certificate::from_pem(pem);
  if (!certificate) return certificate.error().within(path.string());
  return certificate;
}

Status save_certificate_file(const Certificate& certificate, const std::filesystem::path& path) {
  return write_file_atomic(path, view_bytes(certificate.to_pem()), 0600);
}

Status claim_directory(const std::filesystem::path& directory, const Certificate& root) {
  const auto there = load_certificate_file(directory / kFleetRootFile);
  if (!there && there.error().code == Code::kNotFound) return Done{};
  if (there && there->der() == root.der()) return Done{};
  return conflict(
      directory.string() + " belongs to another fleet; choose another directory, or move its files away",
      "identity-exists");
}

}  // namespace certstead
