// Certificates out of the files in which a CA's answer comes.
#pragma once

#include <vector>

#include "crypto/certificate.h"

namespace certstead {

inline constexpr std::size_t kMaxAnswerFile = std::size_t{4} << 20;

// Every certificate in a file of at most 4 MiB, in its order: PEM with blocks CERTIFICATE and PKCS7 (or CMS)
// and any other text, one certificate in DER, or a PKCS#7 SignedData in DER (RFC 2315, RFC 5652; signatures
// in it are not looked at). kInvalid ("certificate-garbage") if there is none, more than 200, or one that
// does not parse.
Result<std::vector<Certificate>> certificates_in_file(BytesView file);

// The DER of the first certification request in a file: PEM ("CERTIFICATE REQUEST", "NEW CERTIFICATE
// REQUEST") or DER. kInvalid ("csr-unreadable").
Result<Bytes> request_in_file(BytesView file);

}  // namespace certstead
