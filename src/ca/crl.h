// Certificate revocation lists of our CAs.
#pragma once

#include "ca/loaded_ca.h"

namespace certstead {

inline constexpr Duration kCrlLife = std::chrono::days{7};

// The number of the `counter`-th CRL (1, 2, ...) in `epoch` of the store: a restore forgets counters and
// raises the epoch, so numbers never fall.
std::uint64_t crl_number(std::int64_t epoch, std::int64_t counter);

// Signs a list that begins now and lives for kCrlLife. DER.
Result<Bytes> sign_crl(const LoadedCa& ca, const std::vector<IssuedRecord>& revoked, std::uint64_t number,
                       Instant now);

// Whether the last list of `record` is past half of its life, or was never made.
bool crl_is_due(const CaRecord& record, Instant now);

}  // namespace certstead
