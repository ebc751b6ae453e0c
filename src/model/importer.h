// Port: making credentials out of whatever files an administrator has.
#pragma once

#include "base/secret.h"
#include "model/certificate_facts.h"
#include "model/domain_name.h"
#include "model/trusted_root.h"

namespace certstead {

// Bounds of one import; beyond them the error is "import-too-big".
inline constexpr std::size_t kMaxImportFile = std::size_t{16} << 20;
inline constexpr std::size_t kMaxImportBytes = std::size_t{64} << 20;  // all files together
inline constexpr std::size_t kMaxImportFiles = 50'000;
inline constexpr std::size_t kMaxImportCertificates = 100'000;
// Rounds of password derivations, as the files ask for them. A file or call that wants more is refused before
// the first of them runs.
inline constexpr std::uint64_t kMaxKdfRounds = 10'000'000;
inline constexpr std::uint64_t kMaxKdfRoundsPerCall = 200'000'000;

struct ImportFile {
  std::string name;  // as the caller knows it: reports name it
  SecretBytes content;
};

struct ImportInput {
  std::vector<ImportFile> files;
  std::vector<SecretBytes> passwords;  // candidates, tried on everything that is encrypted; UTF-8
  std::vector<TrustedRoot> roots;      // what chains are checked against and completed with
  Instant now;
};

// What became of one thing in the files.
struct ImportNote {
  std::string file;          // "" for a certificate out of the trusted roots
  std::size_t position = 0;  // 1, 2, 3, ... within the file; 0: the file as a whole
  std::string kind;          // "certificate", "key", "file", "other"
  std::string subject;       // of a certificate
  std::string fingerprint;   // SHA-256 of a certificate's DER, or of a key's SubjectPublicKeyInfo; hex
  // Used: "key", "leaf", "intermediate", "completed". Dropped: "duplicate", "off-path", "expired",
  // "root-left-out", "no-key", "no-certificate", "older", "several-leaves", "ca-key", "key-weak", "key-kind",
  // "key-damaged", "password-needed", "password-wrong", "unreadable", "too-big", "too-many-rounds",
  // "kyr-file", "not-needed".
  std::string id;
  std::string reason;  // the same as a sentence for a person
};

struct ImportedCredential {
  KeyType key_type = KeyType::kP256;
  SecretBytes key;           // DER as PrivateKey::to_der
  std::vector<Bytes> chain;  // DER: leaf, then intermediates; the root left out
  CertificateFacts facts;
  std::vector<std::string> warnings;  // an expired leaf, a chain that nobody trusts, ...
};

// Credentials of the same names, at most one for each key type.
struct ImportedSet {
  std::vector<HostPattern> names;
  std::vector<ImportedCredential> credentials;  // by key type
};

struct ImportReading {
  std::vector<ImportedSet> sets;  // in the order of the files
  std::vector<ImportNote> used, dropped;
};

class Importer {
 public:
  virtual ~Importer() = default;
  // Finds the keys in `input`, the leaf of each, and the best chain for it. No I/O: the answer depends on the
  // arguments alone. kInvalid if not a single credential comes out; the sentence says what was found instead.
  // Ids: "import-empty", "import-no-key", "import-no-certificate", "import-unreadable", "import-too-big",
  // "password-needed", "password-wrong", "too-many-rounds", "key-weak", "key-kind", "key-damaged", "ca-key",
  // "kyr-file". Blocks for as long as it takes: half a millisecond for each credential, and what the
  // passwords cost.
  virtual Result<ImportReading> read(const ImportInput& input) = 0;
};

}  // namespace certstead
