// Judging the chain of an active version: strength of keys and signatures, way to a root.
#pragma once

#include "crypto/certificate.h"
#include "model/certificate_check.h"
#include "pki/chain_search.h"

namespace certstead {

// Weaknesses of one certificate, as half sentences that begin with `who` ("the leaf"): RSA below 2048 bits,
// curves below 256, DSA; MD5 and SHA-1 in the signature, which does not count for a self-signed one.
std::vector<std::string> weaknesses_of(const Certificate& certificate, const std::string& who);

// Safe from any thread. See ChainInspector.
class PkiChainInspector final : public ChainInspector {
 public:
  // `system_roots`: trusted beside those of the store. Takes over what is readable in them.
  explicit PkiChainInspector(std::vector<Certificate> system_roots = {})
      : system_roots_(std::move(system_roots)) {}

  Result<ChainReport> inspect(const std::vector<Bytes>& chain, const std::vector<TrustedRoot>& roots,
                              Instant now) override;
  Result<std::string> key_id(BytesView certificate) override;
  Result<std::vector<Bytes>> complete(const std::vector<Bytes>& chain, const std::vector<Bytes>& more,
                                      const std::vector<TrustedRoot>& roots, Instant now) override;

 private:
  // Those of the store and of the system together.
  KnownRoots known(const std::vector<TrustedRoot>& roots) const;

  const std::vector<Certificate> system_roots_;
  mutable ParsedCertificates parsed_roots_{kMaxParsedRoots};  // a cache, safe from any thread
};

}  // namespace certstead
