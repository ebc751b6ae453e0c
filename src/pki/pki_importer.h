// Import of any mess.
#pragma once

#include "model/importer.h"
#include "pki/parsed_certificates.h"

namespace certstead {

// Keeps the roots that it was given parsed; safe from any thread. See Importer. Uses all processors for many
// files. Of several leaves with one key the newest valid one counts; of several credentials for the same
// names and key type too. An expired leaf is imported, with a warning. RSA keys below 2048 bits and keys of
// CAs are refused.
class PkiImporter final : public Importer {
 public:
  Result<ImportReading> read(const ImportInput& input) override;

 private:
  ParsedCertificates parsed_roots_{kMaxParsedRoots};
};

}  // namespace certstead
