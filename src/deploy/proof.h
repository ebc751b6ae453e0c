// The proof that a deployed certificate is served: a handshake with the real port.
#pragma once

#include "deploy/credential.h"
#include "model/deployment.h"

namespace certstead {

// Shakes hands with every target of `deployment` once for each of `credentials` (SNI; only that kind of key
// offered) until it shows that very certificate, a few times a second, at most `within` in all; with zero
// once. Yields what was seen last. Blocks.
std::vector<ServedCertificate> prove(const Deployment& deployment,
                                     const std::vector<const DeployCredential*>& credentials,
                                     Duration within);
bool all_served(const std::vector<ServedCertificate>& served);
// "https://www.example.test (ecdsa): it shows serial 0a, not 0b"
std::string what_is_not_served(const std::vector<ServedCertificate>& served);

}  // namespace certstead
