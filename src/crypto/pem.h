// PEM blocks in a text (RFC 7468), found without copying.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace certstead {

// Longer texts are refused by everything here that reads PEM.
inline constexpr std::size_t kMaxPemText = std::size_t{4} << 20;

struct PemBlock {
  std::string_view label;  // "CERTIFICATE"
  std::string_view body;   // between the two boundary lines
  bool complete = false;   // false: the end line of this label is missing
  // RFC 1421 headers ("Proc-Type: 4,ENCRYPTED"): old encrypted keys have them.
  bool has_headers() const { return body.find(':') != std::string_view::npos; }
};

// The next block in `text`, which is moved behind it; other text is passed over.
std::optional<PemBlock> next_pem_block(std::string_view& text);
// The bytes of a block; the intermediate text is wiped. kInvalid if it is cut off, has headers or is no
// base64.
Result<SecretBytes> decode_pem(const PemBlock& block);
// A block with lines of 64 characters.
std::string encode_pem(std::string_view label, BytesView der);

}  // namespace certstead
