// What a client would say of a served chain. Internal.
#pragma once

#include <string>
#include <vector>

#include "crypto/certificate.h"

namespace certstead {

bool is_address(const std::string& name);
// `name` is a host name or an address. True for "".
bool names(const Certificate& leaf, const std::string& name);
// "" if `chain` (leaf first) leads to one of `roots` at the moment `at`, for a TLS server called `name`; else
// why not, in one sentence.
std::string problem_of(const std::vector<Certificate>& chain, const std::vector<Certificate>& roots,
                       const std::string& name, Instant at);

}  // namespace certstead
