// Port: a key and its chain in a form that other programs read.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace certstead {

// PEM: the key as encrypted PKCS#8, then the chain. PKCS#12, and PKCS#12 for programs of before 2015.
enum class ExportFormat { kPem, kPkcs12, kPkcs12Legacy };
// "pem", "p12", "p12-legacy"
Result<ExportFormat> parse_export_format(std::string_view text);

class CredentialEncoder {
 public:
  virtual ~CredentialEncoder() = default;
  // `key` as KeyMaker makes it, `chain` DER with the leaf in front; the key comes out under `password`.
  // kInvalid without a password. Blocks for the derivation, below half a second.
  virtual Result<SecretBytes> encode(ExportFormat format, const SecretBytes& key,
                                     const std::vector<Bytes>& chain, const SecretBytes& password,
                                     std::string_view friendly_name) = 0;
};

}  // namespace certstead
