// Judging what a CA sent, and completing it.
#pragma once

#include "model/chain_builder.h"
#include "pki/parsed_certificates.h"

namespace certstead {

// How far the CA's clock may be ahead of ours.
inline constexpr std::chrono::hours kIssueSkew{1};
inline constexpr std::size_t kMaxDownloaded = 200;

// Keeps the roots that it was given parsed; safe from any thread. See ChainBuilder. The leaf is the
// certificate with the request's key, wherever it stands. A chain that leads to a known root must be valid;
// one that is so only by the looser rules of common clients, and one without a known root, is accepted with a
// warning. Certificates that are not needed are dropped, with a warning.
class PkiChainBuilder final : public ChainBuilder {
 public:
  Result<CheckedChain> check(const std::vector<Bytes>& downloaded, const Expected& expected,
                             const std::vector<TrustedRoot>& roots) override;

 private:
  ParsedCertificates parsed_roots_{kMaxParsedRoots};
};

}  // namespace certstead
