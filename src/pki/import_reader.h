// One file of an import, whatever it is.
#pragma once

#include "pki/import_password.h"

namespace certstead {

// Reads everything that `finds.file()` holds: PEM among any other text, DER, PKCS#7, PKCS#12, base64 without
// PEM lines, UTF-16. What is not understood is refused with a reason. Never fails.
void read_import_file(const PasswordCandidates& passwords, Finds& finds);

}  // namespace certstead
