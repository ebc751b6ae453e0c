// PKCS#12 (RFC 7292) and PKCS#7 (RFC 2315) files, new and old.
#pragma once

#include "pki/import_password.h"

namespace certstead {

// False if `der` (DER or BER) is no such file; then nothing was handed in. What a derivation costs is read
// before it runs.
bool read_pkcs12(BytesView der, const PasswordCandidates& passwords, Finds& finds);
// The certificates of a SignedData, signed or not.
bool read_pkcs7(BytesView der, Finds& finds);

}  // namespace certstead
