// What is taken of a certification request.
#pragma once

#include "crypto/csr.h"
#include "crypto/name_constraints.h"

namespace certstead {

inline constexpr std::size_t kMaxLeafNames = 100;

struct AcceptedRequest {
  std::vector<std::string> names;  // A-labels in lower case, each once, in the order of the request
  PublicKey key;
};

// Reads the request, checks its signature, and takes key and DNS names; everything else in it is passed over,
// or refused where passing it over would mislead. `constraints`: of every CA above the leaf. kInvalid:
// "csr-unreadable" (no PKCS#10, signature, names that are no DNS names), "csr-wants-ca", "csr-names" (none,
// malformed, too many), "csr-key" (see key_strength.h), "name-not-permitted".
Result<AcceptedRequest> accept_request(BytesView csr, const std::vector<DnsConstraints>& constraints);

}  // namespace certstead
