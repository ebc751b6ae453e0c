// What is found in one file of an import, as the readers of its formats hand it in.
#pragma once

#include <atomic>
#include <mutex>
#include <unordered_map>

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

// What the files of one call share. Safe from several threads.
class ImportCall {
 public:
  // Certificate::from_der, once for the same bytes: thousands of files repeat the same few issuers.
  Result<Certificate> parse(BytesView der);
  // Counts rounds of password derivations before they run. False if the call has none left.
  bool spend(std::uint64_t rounds);

 private:
  std::atomic<std::int64_t> rounds_left_ = kMaxKdfRoundsPerCall;
  std::mutex mutex_;
  std::unordered_multimap<std::size_t, Certificate> parsed_;  // by a hash of the DER; guarded by mutex_
};

class Finds {
 public:
  // Both must outlive this object.
  Finds(const ImportFile& file, ImportCall& call) : file_(file), call_(call) {}

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
  ImportCall& call_;
  std::uint64_t spent_ = 0;
  std::size_t position_ = 0;
};

}  // namespace certstead
