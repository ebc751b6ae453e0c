#include "backup/sealed_stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "backup/key_file.h"
#include "base/fake_clock.h"
#include "base/temp_dir.h"
#include "crypto/digest.h"
#include "vault/test_fleet.h"

namespace certstead {
namespace {

class SealedStream : public testing::Test {
 protected:
  RecoveryKey recipient(std::string_view name) {
    return make_recovery_key(name, fleet_.ca.root(), fleet_.clock.now()).value();
  }
  // Writes `clear` for `who` and returns the sealed bytes.
  Bytes seal(const Bytes& clear, const std::vector<Certificate>& who) {
    const Fd fd(::open(file().c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    SealedWriter out = SealedWriter::begin(fd.get(), who).value();
    EXPECT_TRUE(out.write(clear));
    digest_ = out.finish().value();
    return read_file(file()).value();
  }
  // What `who` reads out of these bytes, or the id of the error.
  Result<Bytes> open(const Bytes& sealed, const RecoveryKey& who) {
    EXPECT_TRUE(write_file_atomic(file(), sealed));
    TRY(SealedReader in, SealedReader::open(file(), who.certificate, who.key));
    Bytes out;
    for (;;) {
      TRY(const SecretBytes piece, in.read(100'000));
      if (piece.empty()) break;
      out.insert(out.end(), piece.reveal().begin(), piece.reveal().end());
    }
    CHECK_OK(in.finish());
    return out;
  }
  std::filesystem::path file() const { return dir_.path() / "sealed"; }
  static Bytes pattern(std::size_t size) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
    return out;
  }

  TestFleet fleet_;
  TempDir dir_;
  Bytes digest_;
};

TEST_F(SealedStream, GivesEveryRecipientTheSameBytesBack) {
  const RecoveryKey anna = recipient("anna"), bert = recipient("bert");
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kBackupChunk - 1, kBackupChunk, kBackupChunk + 1, 3 * kBackupChunk}) {
    const Bytes clear = pattern(size);
    const Bytes sealed = seal(clear, {anna.certificate, bert.certificate});
    EXPECT_EQ(sha256(sealed), digest_);
    for (const RecoveryKey* who : {&anna, &bert}) {
      const auto opened = open(sealed, *who);
      ASSERT_TRUE(opened) << size << ": " << opened.error().detail;
      EXPECT_EQ(*opened, clear) << size;
    }
  }
}

TEST_F(SealedStream, IsClosedToAnybodyElse) {
  const RecoveryKey anna = recipient("anna"), eve = recipient("eve");
  EXPECT_EQ(refusal_id(open(seal(pattern(100), {anna.certificate}), eve)), "backup-recipient");
}

TEST_F(SealedStream, IsNeverMadeForNobody) {
  EXPECT_EQ(refusal_id(SealedWriter::begin(-1, {})), "backup-recipient");
}

TEST_F(SealedStream, NoticesEveryCut) {
  const RecoveryKey anna = recipient("anna");
  const Bytes sealed = seal(pattern(2 * kBackupChunk + 50), {anna.certificate});
  for (std::size_t size = 0; size < sealed.size(); size += size < 1500 ? 37 : 40'009) {
    const auto opened = open(Bytes(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(size)), anna);
    EXPECT_FALSE(opened) << "cut to " << size;
  }
  // At the border between two chunks nothing but the mark of the last one tells.
  const std::size_t last = 4 + 12 + 50 + 16;
  const auto opened = open(Bytes(sealed.begin(), sealed.end() - static_cast<std::ptrdiff_t>(last)), anna);
  EXPECT_EQ(refusal_id(opened), "backup-damaged");
}

TEST_F(SealedStream, NoticesEveryChangedByteAndWhatIsBehindTheEnd) {
  const RecoveryKey anna = recipient("anna");
  const Bytes clear = pattern(kBackupChunk + 50);
  const Bytes sealed = seal(clear, {anna.certificate});
  for (std::size_t at = 0; at < sealed.size(); at += at < 1500 ? 11 : 9973) {
    Bytes changed = sealed;
    changed[at] ^= 1;
    EXPECT_FALSE(open(changed, anna)) << "byte " << at;
  }
  Bytes longer = sealed;
  longer.push_back(0);
  EXPECT_EQ(refusal_id(open(longer, anna)), "backup-damaged");
}

TEST_F(SealedStream, NoticesChunksThatChangedPlaces) {
  const RecoveryKey anna = recipient("anna");
  const Bytes sealed = seal(pattern(2 * kBackupChunk + 50), {anna.certificate});
  const std::size_t chunk = 4 + 12 + kBackupChunk + 16;
  const std::size_t first = sealed.size() - (4 + 12 + 50 + 16) - 2 * chunk;
  Bytes swapped = sealed;
  std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(first),
                   swapped.begin() + static_cast<std::ptrdiff_t>(first + chunk),
                   swapped.begin() + static_cast<std::ptrdiff_t>(first + chunk));
  EXPECT_EQ(refusal_id(open(swapped, anna)), "backup-damaged");
}

}  // namespace
}  // namespace certstead
