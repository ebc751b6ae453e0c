// The key of one view: AES-256, in the file `view.key` (base64) of the view's directory. Private keys lie in
// the view sealed under it, so that a copied data file opens nothing. The member seals, the consumer opens.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "base/secret.h"

namespace certstead {

class ViewKey {
 public:
  // Reads DIRECTORY/view.key. kNotFound if it is not there, kDenied if everybody may read it, kInvalid if it
  // is no such key. Blocks for the read.
  static Result<ViewKey> load(const std::filesystem::path& directory);
  // The same, but makes the key (and the directory, 0700) if there is none yet. Mode 0600; with `group` 0640
  // and that group.
  static Result<ViewKey> load_or_create(const std::filesystem::path& directory,
                                        std::optional<gid_t> group = {});
  // A fresh random key that is written nowhere.
  static ViewKey generate();

  // Seals `secret` for this place: opening asks for the same id and version.
  Result<Bytes> seal(std::string_view credential_id, std::int64_t version, const SecretBytes& secret) const;
  // kDenied if it was sealed under another key, for another place, or was changed.
  Result<SecretBytes> open(std::string_view credential_id, std::int64_t version, BytesView sealed) const;
  ViewKey clone() const { return ViewKey(key_.clone()); }

 private:
  explicit ViewKey(SecretBytes key) : key_(std::move(key)) {}
  SecretBytes key_;
};

}  // namespace certstead
