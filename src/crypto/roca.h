// RSA keys of CVE-2017-15361, recognised by their modulus alone.
#pragma once

#include "base/bytes.h"

namespace certstead {

// Whether `modulus` (big-endian) looks as if it came from that generator: its remainder modulo each of 38
// small primes is a power of 65537. One in 2^27 sound moduli or fewer looks so too.
bool has_roca_shape(BytesView modulus);

}  // namespace certstead
