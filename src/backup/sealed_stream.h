// The outer form of a backup: "CSTDBK01", a header, and chunks.
//
//   header   u32 length, then (base/codec.h) u8 format 1, u32 chunk size, u32 count, and for each recipient
//            the SHA-256 of its certificate and a CMS envelope with the content key
//   chunk    u32 length, then AES-256-GCM over at most `chunk size` bytes; authenticated with it: the SHA-256
//            of the header, the number of the chunk from 0, and whether it is the last one
//
// So chunks can't be left out, moved, taken from another backup or cut off. Nothing stands in clear but the
// recipients' certificate digests and the issuers that the envelopes name.
#pragma once

#include <vector>

#include "base/file.h"
#include "crypto/certificate.h"
#include "crypto/hasher.h"

namespace certstead {

inline constexpr std::size_t kBackupChunk = std::size_t{256} << 10;
inline constexpr std::size_t kMaxBackupRecipients = 20;

class SealedWriter {
 public:
  // Writes to `fd`, which must outlive the writer, from its present position on. Recipients are P-256
  // certificates, at least one. kInvalid; kUnavailable ("disk-full", ...) from every call that writes.
  static Result<SealedWriter> begin(int fd, const std::vector<Certificate>& recipients);
  SealedWriter(SealedWriter&&) = default;
  SealedWriter& operator=(SealedWriter&&) = delete;
  ~SealedWriter();
  Status write(BytesView bytes);
  // Closes the stream; yields the SHA-256 of all that was written.
  Result<Bytes> finish();
  std::int64_t written() const { return written_; }

 private:
  SealedWriter(int fd, SecretBytes key, Bytes header_hash);
  Status put(BytesView bytes);
  Status put_chunk(BytesView clear, bool last);

  int fd_;
  SecretBytes key_;
  Bytes header_hash_;
  Bytes buffer_;  // one chunk in clear; wiped at the end
  std::size_t filled_ = 0;
  std::int64_t index_ = 0, written_ = 0;
  Sha256Hasher hasher_;
};

class SealedReader {
 public:
  // Reads `file` as the holder of the key of `recipient`. kInvalid ("backup-format") if it is no backup;
  // kDenied ("backup-recipient") if it was not sealed to this recipient.
  static Result<SealedReader> open(const std::filesystem::path& file, const Certificate& recipient,
                                   const PrivateKey& key);
  // At most `most` bytes, at least one unless the stream has ended. kDenied ("backup-damaged") if the file is
  // cut off or was changed.
  Result<SecretBytes> read(std::size_t most);
  // Exactly `size` bytes; kDenied ("backup-damaged") if there are fewer.
  Result<SecretBytes> read_exactly(std::size_t size);
  // kDenied unless the end is reached, and the file has nothing behind it.
  Status finish();

 private:
  SealedReader(Fd fd, SecretBytes key, Bytes header_hash);
  Status next_chunk();

  Fd fd_;
  SecretBytes key_;
  Bytes header_hash_;
  SecretBytes chunk_;
  std::size_t used_ = 0;
  std::int64_t index_ = 0;
  bool last_seen_ = false;
};

// The header of a backup, without its length. kInvalid ("backup-format").
struct BackupHeader {
  std::uint32_t chunk_size = 0;
  struct Envelope {
    Bytes certificate_sha256, cms;
  };
  std::vector<Envelope> envelopes;
};
Bytes encode_backup_header(const BackupHeader& header);
Result<BackupHeader> decode_backup_header(BytesView bytes);

}  // namespace certstead
