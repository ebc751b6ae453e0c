#include "backup/sealed_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "backup/read_some.h"
#include "base/codec.h"
#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/cms.h"
#include "crypto/digest.h"
#include "crypto/random.h"

namespace certstead {
namespace {

constexpr std::string_view kMagic = "CSTDBK01";
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxHeader = std::size_t{1} << 20;
constexpr std::size_t kAeadOverhead = 12 + 16;
constexpr std::size_t kKeySize = 32;

Error write_failed(int number) {
  const std::string detail = "the backup can't be written: " + std::string(std::strerror(number));
  if (number == ENOSPC || number == EDQUOT)
    return unavailable(detail + "; make room on that file system", "disk-full");
  return unavailable(detail, "file-error");
}

Error damaged() {
  return denied("the backup is cut off or was changed; use another copy of it", "backup-damaged");
}
Error no_backup() { return invalid("the file is no backup of Certstead", "backup-format"); }

Bytes associated(const Bytes& header_hash, std::int64_t index, bool last) {
  return Encoder().text("certstead-backup-1").bytes(header_hash).i64(index).u8(last ? 1 : 0).take();
}

Result<std::size_t> read_length(int fd, std::size_t most) {
  TRY(const Bytes bytes, read_some(fd, 4));
  Decoder in(bytes);
  const std::uint32_t length = in.u32();
  if (!in.finish() || length > most) return damaged();
  return length;
}

Result<BackupHeader> seal_header(const SecretBytes& key, const std::vector<Certificate>& recipients) {
  BackupHeader header;
  header.chunk_size = kBackupChunk;
  for (const Certificate& recipient : recipients) {
    TRY(Bytes envelope, cms_seal(key, recipient));
    header.envelopes.push_back({sha256(recipient.der()), std::move(envelope)});
  }
  return header;
}

}  // namespace

Bytes encode_backup_header(const BackupHeader& header) {
  Encoder out;
  out.u8(kFormat).u32(header.chunk_size).u32(static_cast<std::uint32_t>(header.envelopes.size()));
  for (const auto& one : header.envelopes) out.bytes(one.certificate_sha256).bytes(one.cms);
  return out.take();
}

Result<BackupHeader> decode_backup_header(BytesView bytes) {
  Decoder in(bytes);
  if (in.u8() != kFormat) {
    return invalid("the backup is of a form that this release does not know; use a later release",
                   "backup-format");
  }
  BackupHeader header;
  header.chunk_size = in.u32();
  const std::uint32_t count = in.count(8);
  if (header.chunk_size != kBackupChunk || count == 0 || count > kMaxBackupRecipients) return no_backup();
  for (std::uint32_t i = 0; i < count; ++i) {
    const BytesView digest = in.bytes();
    const BytesView cms = in.bytes();
    header.envelopes.push_back({{digest.begin(), digest.end()}, {cms.begin(), cms.end()}});
  }
  if (!in.finish()) return no_backup();
  return header;
}

SealedWriter::SealedWriter(int fd, SecretBytes key, Bytes header_hash)
    : fd_(fd), key_(std::move(key)), header_hash_(std::move(header_hash)), buffer_(kBackupChunk) {}

SealedWriter::~SealedWriter() { wipe(buffer_); }

Result<SealedWriter> SealedWriter::begin(int fd, const std::vector<Certificate>& recipients) {
  if (recipients.empty() || recipients.size() > kMaxBackupRecipients) {
    return invalid("a backup needs 1 to " + std::to_string(kMaxBackupRecipients) +
                       " recipients; make one with: certstead backup recipient create NAME --out KEYFILE",
                   "backup-recipient");
  }
  SecretBytes key = random_secret(kKeySize);
  TRY(const BackupHeader header, seal_header(key, recipients));
  const Bytes encoded = encode_backup_header(header);
  SealedWriter out(fd, std::move(key), sha256(encoded));
  CHECK_OK(out.put(view_bytes(kMagic)));
  CHECK_OK(out.put(Encoder().bytes(encoded).take()));
  return out;
}

Status SealedWriter::put(BytesView bytes) {
  hasher_.add(bytes);
  written_ += static_cast<std::int64_t>(bytes.size());
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return write_failed(errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return Done{};
}

Status SealedWriter::put_chunk(BytesView clear, bool last) {
  TRY(const Bytes sealed, aead_seal(key_, clear, associated(header_hash_, index_++, last)));
  return put(Encoder().bytes(sealed).take());
}

Status SealedWriter::write(BytesView bytes) {
  while (!bytes.empty()) {
    // A full chunk is written when more comes: the last one is always there to be marked as such.
    if (filled_ == buffer_.size()) {
      CHECK_OK(put_chunk(buffer_, false));
      filled_ = 0;
    }
    const std::size_t part = std::min(bytes.size(), buffer_.size() - filled_);
    std::copy_n(bytes.begin(), part, buffer_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += part;
    bytes = bytes.subspan(part);
  }
  return Done{};
}

Result<Bytes> SealedWriter::finish() {
  CHECK_OK(put_chunk(BytesView(buffer_).first(filled_), true));
  wipe(buffer_);
  return hasher_.finish();
}

SealedReader::SealedReader(Fd fd, SecretBytes key, Bytes header_hash)
    : fd_(std::move(fd)), key_(std::move(key)), header_hash_(std::move(header_hash)) {}

Result<SealedReader> SealedReader::open(const std::filesystem::path& file, const Certificate& recipient,
                                        const PrivateKey& key) {
  Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) {
    const std::string detail = "cannot read " + file.string() + ": " + std::strerror(errno);
    return errno == ENOENT ? not_found(detail, "file-absent") : unavailable(detail, "file-error");
  }
  TRY(const Bytes magic, read_some(fd.get(), kMagic.size()));
  if (view_text(magic) != kMagic) return no_backup();
  TRY(const std::size_t length, read_length(fd.get(), kMaxHeader));
  TRY(const Bytes encoded, read_some(fd.get(), length));
  if (encoded.size() != length) return damaged();
  TRY(const BackupHeader header, decode_backup_header(encoded));
  const Bytes digest = sha256(recipient.der());
  for (const auto& envelope : header.envelopes) {
    if (envelope.certificate_sha256 != digest) continue;
    auto content_key = cms_open(envelope.cms, recipient, key);
    if (!content_key || content_key->size() != kKeySize) return damaged();
    return SealedReader(std::move(fd), std::move(*content_key), sha256(encoded));
  }
  return denied("the backup is not sealed to " + recipient.subject() + "; use the key of one of its " +
                    std::to_string(header.envelopes.size()) + " recipients",
                "backup-recipient");
}

Status SealedReader::next_chunk() {
  TRY(const std::size_t length, read_length(fd_.get(), kBackupChunk + kAeadOverhead));
  TRY(const Bytes sealed, read_some(fd_.get(), length));
  if (sealed.size() != length) return damaged();
  used_ = 0;
  for (const bool last : {false, true}) {
    auto opened = aead_open(key_, sealed, associated(header_hash_, index_, last));
    if (!opened) continue;
    chunk_ = std::move(*opened);
    last_seen_ = last;
    ++index_;
    return Done{};
  }
  return damaged();
}

Result<SecretBytes> SealedReader::read(std::size_t most) {
  while (used_ == chunk_.size() && !last_seen_) CHECK_OK(next_chunk());
  const std::size_t size = std::min(most, chunk_.size() - used_);
  SecretBytes out(chunk_.reveal().subspan(used_, size));
  used_ += size;
  return out;
}

Result<SecretBytes> SealedReader::read_exactly(std::size_t size) {
  Bytes out;
  out.reserve(size);  // never grows, so that no copy is left behind
  while (out.size() < size) {
    TRY(const SecretBytes part, read(size - out.size()));
    if (part.empty()) {
      wipe(out);
      return damaged();
    }
    out.insert(out.end(), part.reveal().begin(), part.reveal().end());
  }
  return SecretBytes(std::move(out));
}

Status SealedReader::finish() {
  TRY(const SecretBytes more, read(1));
  TRY(const Bytes behind, read_some(fd_.get(), 1));
  if (!more.empty() || !last_seen_ || !behind.empty()) return damaged();
  return Done{};
}

}  // namespace certstead
