// A CA's own certificate: made here, or by the CA above it.
#pragma once

#include "crypto/to_be_signed.h"
#include "model/trusted_root.h"

namespace certstead {

// A self-signed certificate that begins an hour before `now`. DER.
Result<Certificate> make_root(const std::string& common_name, const PrivateKey& key,
                              const std::vector<std::string>& permitted, Instant now, int years);
// PKCS#10, DER.
Result<Bytes> make_ca_request(const std::string& common_name, const PrivateKey& key,
                              const std::vector<std::string>& permitted);

// The answer to a subordinate CA's request among `given`, in any order, completed from `roots` where it can
// be: the CA's certificate first, the root left out. It must be for `key`, a CA with keyCertSign and cRLSign,
// within its dates, with room below it for leaves, and its chain must hold. kInvalid with the ids of
// CaKeeper::complete.
Result<std::vector<Certificate>> accept_ca_answer(const std::vector<Bytes>& given, const PublicKey& key,
                                                  const std::vector<TrustedRoot>& roots, Instant now);

}  // namespace certstead
