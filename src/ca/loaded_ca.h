// A CA ready to sign.
#pragma once

#include "crypto/name_constraints.h"
#include "crypto/to_be_signed.h"
#include "model/micro_ca.h"
#include "model/sealer.h"

namespace certstead {

// Immutable; safe from several threads.
struct LoadedCa {
  CaRecord record;
  PrivateKey key;
  Certificate certificate;
  SignerName signer;
  std::vector<DnsConstraints> constraints;  // of each CA of the chain
  Instant not_after;                        // the earliest end in the chain
};

// Opens the key and checks that it is the certificate's. kDenied: "ca-waiting" (no certificate yet),
// "ca-key-mismatch" (also if the sealed key can't be opened or read).
Result<LoadedCa> load_ca(const CaRecord& record, Sealer& sealer);

}  // namespace certstead
