#include "backup/archive.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/codec.h"
#include "base/text.h"
#include "vault/signature.h"

namespace certstead {
namespace {

constexpr std::string_view kManifestKind = "certstead-backup-manifest-1";
constexpr std::size_t kMaxHead = 1024;
constexpr std::size_t kMaxManifest = std::size_t{1} << 20;
constexpr std::size_t kMaxName = 200;
constexpr std::size_t kPiece = kBackupChunk;

Error malformed(std::string_view why) {
  return invalid("the backup can't be read: " + std::string(why), "backup-format");
}

// Relative, without a step up, of plain characters.
bool is_part_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxName) return false;
  for (const std::string_view step : split(name, '/')) {
    if (step.empty() || step.front() == '.') return false;
    for (const char c : step) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                         c == '.' || c == '-' || c == '_';
      if (!plain) return false;
    }
  }
  return true;
}

Result<BackupPart> read_head(SealedReader& in) {
  TRY(const SecretBytes length, in.read_exactly(4));
  Decoder size(length.reveal());
  const std::uint32_t bytes = size.u32();
  if (bytes > kMaxHead) return malformed("the head of a part is too long");
  TRY(const SecretBytes head, in.read_exactly(bytes));
  Decoder fields(head.reveal());
  BackupPart part;
  part.name = fields.text();
  part.size = fields.i64();
  if (!fields.finish() || !is_part_name(part.name) || part.size < 0)
    return malformed("the head of a part is wrong");
  return part;
}

Status read_content(SealedReader& in, BackupPart& part, const PartSink& sink) {
  Sha256Hasher hasher;
  std::int64_t left = part.size;
  do {
    const auto size = static_cast<std::size_t>(std::min<std::int64_t>(left, kPiece));
    TRY(const SecretBytes piece, in.read_exactly(size));
    hasher.add(piece.reveal());
    CHECK_OK(sink(part, piece));
    left -= static_cast<std::int64_t>(size);
  } while (left > 0);
  part.sha256 = hasher.finish();
  return Done{};
}

bool same_parts(const std::vector<BackupPart>& a, const std::vector<BackupPart>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const BackupPart& x, const BackupPart& y) {
    return x.name == y.name && x.size == y.size && x.sha256 == y.sha256;
  });
}

Result<BackupManifest> read_manifest(SealedReader& in, std::int64_t size, const Certificate& fleet_root) {
  if (size > static_cast<std::int64_t>(kMaxManifest)) return malformed("its manifest is too long");
  TRY(const SecretBytes content, in.read_exactly(static_cast<std::size_t>(size)));
  Decoder fields(content.reveal());
  const BytesView manifest = fields.bytes();
  Sealer::Signature signature;
  signature.signer = fields.text();
  const BytesView bytes = fields.bytes();
  signature.bytes.assign(bytes.begin(), bytes.end());
  if (!fields.finish()) return malformed("its manifest is wrong");
  IdentityCache trusted(fleet_root);
  const auto verified = verify_manager_signature(trusted, kBackupContext, manifest, signature, std::nullopt);
  if (!verified) return verified.error().within("the backup is not of the fleet that the key is for");
  return decode_backup_manifest(manifest);
}

}  // namespace

Bytes encode_backup_manifest(const BackupManifest& manifest) {
  Encoder out;
  out.text(kManifestKind)
      .text(manifest.version)
      .text(manifest.store_id)
      .i64(manifest.epoch)
      .i64(manifest.seq);
  out.i64(to_unix_ms(manifest.made)).u32(static_cast<std::uint32_t>(manifest.parts.size()));
  for (const BackupPart& part : manifest.parts) out.text(part.name).i64(part.size).bytes(part.sha256);
  return out.take();
}

Result<BackupManifest> decode_backup_manifest(BytesView bytes) {
  Decoder in(bytes);
  if (in.text() != kManifestKind)
    return malformed("its manifest is of a form that this release does not know");
  BackupManifest out;
  out.version = in.text();
  out.store_id = in.text();
  out.epoch = in.i64();
  out.seq = in.i64();
  out.made = from_unix_ms(in.i64());
  const std::uint32_t count = in.count(16);
  bool named = true;
  for (std::uint32_t i = 0; i < count; ++i) {
    BackupPart& part = out.parts.emplace_back();
    part.name = in.text();
    part.size = in.i64();
    const BytesView digest = in.bytes();
    part.sha256.assign(digest.begin(), digest.end());
    named = named && is_part_name(part.name) && part.size >= 0 && digest.size() == 32;
  }
  if (!in.finish() || !named) return malformed("its manifest is wrong");
  return out;
}

Status ArchiveWriter::begin_part(const std::string& name, std::int64_t size) {
  if (!is_part_name(name))
    return invalid("'" + printable(name) + "' can't be part of a backup; give it a plain name",
                   "backup-name");
  const Bytes head = Encoder().text(name).i64(size).take();
  return out_.write(Encoder().bytes(head).take());
}

Status ArchiveWriter::add(const std::string& name, const SecretBytes& content) {
  CHECK_OK(begin_part(name, static_cast<std::int64_t>(content.size())));
  CHECK_OK(out_.write(content.reveal()));
  Sha256Hasher hasher;
  hasher.add(content.reveal());
  parts_.push_back({name, static_cast<std::int64_t>(content.size()), hasher.finish()});
  return Done{};
}

Status ArchiveWriter::add_file(const std::string& name, int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return unavailable("the size of " + name + " can't be read", "file-error");
  CHECK_OK(begin_part(name, info.st_size));
  Sha256Hasher hasher;
  Bytes piece(kPiece);
  for (std::int64_t at = 0; at < info.st_size;) {
    const ssize_t n = ::pread(fd, piece.data(), piece.size(), at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return unavailable(name + " can't be read: " + std::strerror(errno), "file-error");
    const BytesView got = BytesView(piece).first(static_cast<std::size_t>(n));
    hasher.add(got);
    CHECK_OK(out_.write(got));
    at += n;
  }
  parts_.push_back({name, info.st_size, hasher.finish()});
  return Done{};
}

Result<Bytes> ArchiveWriter::finish(BackupManifest about, Sealer& sealer) {
  about.parts = parts_;
  const Bytes manifest = encode_backup_manifest(about);
  TRY(const Sealer::Signature signature, sealer.sign(kBackupContext, manifest));
  const Bytes content = Encoder().bytes(manifest).text(signature.signer).bytes(signature.bytes).take();
  CHECK_OK(begin_part(std::string(kManifestPart), static_cast<std::int64_t>(content.size())));
  CHECK_OK(out_.write(content));
  return out_.finish();
}

Result<BackupManifest> read_archive(SealedReader& in, const Certificate& fleet_root, const PartSink& sink) {
  std::vector<BackupPart> parts;
  for (;;) {
    TRY(BackupPart part, read_head(in));
    if (part.name == kManifestPart) {
      TRY(BackupManifest manifest, read_manifest(in, part.size, fleet_root));
      CHECK_OK(in.finish());
      if (!same_parts(parts, manifest.parts))
        return denied("the backup does not hold what its manifest names; use another copy of it",
                      "backup-damaged");
      return manifest;
    }
    CHECK_OK(read_content(in, part, sink));
    parts.push_back(std::move(part));
  }
}

}  // namespace certstead
