// What is known of a certificate, as data; read from its bytes by the Inspector.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/key_type.h"

namespace certstead {

struct CertificateFacts {
  std::string subject, issuer;     // RFC 4514 strings, printable
  std::string serial;              // lower-case hex of whole octets, "0a"
  std::string fingerprint;         // SHA-256 of the DER, lower-case hex
  std::string spki_sha256;         // of the SubjectPublicKeyInfo, lower-case hex
  std::vector<std::string> names;  // dNSName entries, A-labels, "*." allowed
  std::optional<KeyType> key_type;
  Instant not_before, not_after;
  std::string ari_id;  // RFC 9773 section 4.1; empty without an authority key identifier
};

}  // namespace certstead
