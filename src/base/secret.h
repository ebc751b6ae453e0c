// SecretBytes: bytes that are wiped when they go, can't be printed, and whose reading is easy to find
// (`reveal`).
#pragma once

#include "base/bytes.h"

namespace certstead {

class SecretBytes {
 public:
  SecretBytes() = default;
  // Copies `bytes`; wiping the source is the caller's business.
  explicit SecretBytes(BytesView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  // Takes the bytes over without a copy.
  explicit SecretBytes(Bytes&& bytes) : bytes_(std::move(bytes)) {}
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(); }

  // A copy, made on purpose.
  SecretBytes clone() const { return SecretBytes(reveal()); }
  // The bytes, valid for as long as this object lives unchanged. Never log, never store in clear.
  BytesView reveal() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  void wipe();

 private:
  Bytes bytes_;
};

// Overwrites `bytes` in a way the compiler can't leave out.
void wipe(std::span<std::uint8_t> bytes);

}  // namespace certstead
