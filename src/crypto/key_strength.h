// Whether a public key that others made is fit to be certified.
#pragma once

#include "crypto/key.h"

namespace certstead {

// Accepts P-256, P-384, and RSA of 2048 to 8192 bits. kInvalid ("csr-key") says why not: other kinds and
// curves; an exponent that is even, below 3 or beyond 256 bits; a modulus that is even, has a factor below
// 1000, comes from two close primes (Fermat's method finds them within 100 rounds), or has the shape of
// CVE-2017-15361 (ROCA). Debian's list of 2008 (CVE-2008-0166) is not known here. Takes 0.1 ms.
Status check_key_strength(const PublicKey& key);

}  // namespace certstead
