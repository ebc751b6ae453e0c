#include "replica/view_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/codec.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/random.h"

namespace certstead {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr const char* kKeyFile = "view.key";

Bytes place_of(std::string_view credential_id, std::int64_t version) {
  return Encoder().text("certstead view key").text(credential_id).i64(version).take();
}

Status refuse_if_public(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    return denied(path.string() + " is open to every user; take that away with chmod o= and rotate its keys",
                  "view-key-public");
  }
  return Done{};
}

Status give_to_group(const std::filesystem::path& path, std::optional<gid_t> group) {
  if (!group || ::chown(path.c_str(), static_cast<uid_t>(-1), *group) == 0) return Done{};
  return unavailable("cannot give " + path.string() + " to its group: " + std::strerror(errno), "view-group");
}

}  // namespace

ViewKey ViewKey::generate() { return ViewKey(random_secret(kKeySize)); }

Result<ViewKey> ViewKey::load(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / kKeyFile;
  TRY(const SecretBytes text, read_secret_file(path, 4096));
  CHECK_OK(refuse_if_public(path));
  Result<Bytes> key = base64_decode(trim(view_text(text.reveal())));
  if (!key || key->size() != kKeySize) {
    return invalid(path.string() + " holds no view key; restore it, or let the member make the view anew",
                   "view-key-invalid");
  }
  return ViewKey(SecretBytes(std::move(*key)));
}

Result<ViewKey> ViewKey::load_or_create(const std::filesystem::path& directory, std::optional<gid_t> group) {
  Result<ViewKey> there = load(directory);
  if (there || there.error().code != Code::kNotFound) return there;
  CHECK_OK(make_directories(directory, 0700));
  ViewKey fresh = generate();
  std::string text = base64_encode(fresh.key_.reveal()) + "\n";
  const std::filesystem::path path = directory / kKeyFile;
  Status written = write_file_atomic(path, view_bytes(text), group ? 0640 : 0600);
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  CHECK_OK(written);
  CHECK_OK(give_to_group(path, group));
  return fresh;
}

Result<Bytes> ViewKey::seal(std::string_view credential_id, std::int64_t version,
                            const SecretBytes& secret) const {
  return aead_seal(key_, secret.reveal(), place_of(credential_id, version));
}

Result<SecretBytes> ViewKey::open(std::string_view credential_id, std::int64_t version,
                                  BytesView sealed) const {
  return aead_open(key_, sealed, place_of(credential_id, version));
}

}  // namespace certstead
