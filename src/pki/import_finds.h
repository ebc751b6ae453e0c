// What is found in one file of an import, as the readers of its formats hand it in.
#pragma once

#include <atomic>

#include "crypto/certificate.h"
#include "model/importer.h"

namespace certstead {

struct FoundCertificate {
  Certificate certificate;
  std::size_t position;
};
struct FoundKey {
  PrivateKey key;
  std::size_t position;
};

class Finds {
 public:
  // `rounds_left` is what the whole call may still spend on passwords. Both must outlive this object.
  Finds(const ImportFile& file, std::atomic<std::int64_t>& rounds_left)
      : file_(file), rounds_left_(rounds_left) {}

  // Each of these three takes the next position. A certificate or key that can't be read is refused with its
  // reason.
  void certificate(BytesView der);
  void key(BytesView der);
  void refuse(std::string_view kind, std::string_view id, std::string reason);
  // The file as a whole.
  void refuse_file(std::string_view id, std::string reason);
  // Counts rounds before they run. False if file or call has spent too much.
  bool spend(std::uint64_t rounds);

  const ImportFile& file() const { return file_; }
  std::size_t count() const { return position_; }

  std::vector<FoundCertificate> certificates;
  std::vector<FoundKey> keys;
  std::vector<ImportNote> refused;

 private:
  const ImportFile& file_;
  std::atomic<std::int64_t>& rounds_left_;
  std::uint64_t spent_ = 0;
  std::size_t position_ = 0;
};

}  // namespace certstead
