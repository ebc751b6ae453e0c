// Certification requests (PKCS#10, RFC 2986).
#pragma once

#include <string>
#include <vector>

#include "crypto/key.h"

namespace certstead {

// A request for `dns_names` (A-labels, "*.x" allowed), signed by `key`. The common name is the first name of
// at most 64 characters if `with_common_name`, else the subject is empty. kInvalid if there are no names
// or one is no DNS name in ASCII.
Result<Bytes> make_csr(const PrivateKey& key, const std::vector<std::string>& dns_names,
                       bool with_common_name);

struct CsrFacts {
  std::vector<std::string> dns_names;
  std::string common_name;
  PublicKey public_key;
  bool asks_for_ca = false;  // basicConstraints CA:TRUE or keyCertSign
};
// Reads a request of at most 64 KiB and checks its signature. Names come in lower case. kInvalid, also if it
// asks for names that are no DNS names: to drop them silently would answer another request than the one made.
Result<CsrFacts> read_csr(BytesView der);

}  // namespace certstead
