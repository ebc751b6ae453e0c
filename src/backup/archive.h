// The inner form of a backup: parts, one behind the other, and a manifest that a manager signed.
//
//   part     u32 length, then (base/codec.h) text name, i64 size; then `size` bytes
//   manifest the part of that name, the last one: bytes of encode_manifest, text signer, bytes signature
#pragma once

#include <functional>
#include <optional>

#include "backup/sealed_stream.h"
#include "model/sealer.h"
#include "vault/identity_cache.h"

namespace certstead {

inline constexpr std::string_view kBackupContext = "backup";
inline constexpr std::string_view kStorePart = "store/certstead.db";
inline constexpr std::string_view kIdentityPrefix = "identity/";
inline constexpr std::string_view kConfigPart = "config/certstead.toml";
inline constexpr std::string_view kManifestPart = "manifest";

struct BackupPart {
  std::string name;  // "store/certstead.db", "identity/fleet-ca.key"
  std::int64_t size = 0;
  Bytes sha256;
};

struct BackupManifest {
  std::string version;  // of the program that made it
  std::string store_id;
  std::int64_t epoch = 0, seq = 0;
  Instant made;
  std::vector<BackupPart> parts;
};
Bytes encode_backup_manifest(const BackupManifest& manifest);
// The exact inverse. kInvalid ("backup-format"), also for names that could lead out of a directory.
Result<BackupManifest> decode_backup_manifest(BytesView bytes);

class ArchiveWriter {
 public:
  explicit ArchiveWriter(SealedWriter out) : out_(std::move(out)) {}
  Status add(const std::string& name, const SecretBytes& content);
  // The whole of an open file, of any size, from its beginning.
  Status add_file(const std::string& name, int fd);
  // Signs and closes. `about` without its parts. Yields the SHA-256 of the sealed file.
  Result<Bytes> finish(BackupManifest about, Sealer& sealer);
  std::int64_t written() const { return out_.written(); }
  const std::vector<BackupPart>& parts() const { return parts_; }

 private:
  Status begin_part(const std::string& name, std::int64_t size);

  SealedWriter out_;
  std::vector<BackupPart> parts_;
};

// Where the parts of a backup go while it is read. `piece` is called for each piece of a part in order.
using PartSink = std::function<Status(const BackupPart& part, const SecretBytes& piece)>;

// Reads a whole backup: every part goes to `sink` before anything is known to be true; only when this returns
// success did a manager under `fleet_root` sign all of it. kDenied ("backup-damaged", "signature",
// "identity-..."); kInvalid ("backup-format").
Result<BackupManifest> read_archive(SealedReader& in, const Certificate& fleet_root, const PartSink& sink);

}  // namespace certstead
