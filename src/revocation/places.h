// Where a certificate says that revocation and issuers are to be looked up.
#pragma once

#include "crypto/certificate.h"

namespace certstead {

// URLs with the scheme http, in the order of the certificate, at most 8 of each kind.
struct RevocationPlaces {
  std::vector<std::string> crls, responders, issuers;
};
RevocationPlaces places_of(const Certificate& certificate);

// Certificates in what a caIssuers URL gave: one in DER, several as PKCS#7, or PEM. At most 16; kInvalid if
// there is none.
Result<std::vector<Certificate>> read_issuers(BytesView bytes);

}  // namespace certstead
