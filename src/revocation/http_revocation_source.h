// Fetches OCSP responses, CRLs and issuers over HTTP.
#pragma once

#include <map>
#include <mutex>

#include "model/certificate_check.h"
#include "model/staple_source.h"
#include "model/trusted_root.h"
#include "net/http_client.h"
#include "revocation/crl.h"

namespace certstead {

struct RevocationLimits {
  std::size_t crl_bytes = std::size_t{10} << 20;
  std::size_t ocsp_bytes = std::size_t{64} << 10;
  std::size_t issuer_bytes = std::size_t{256} << 10;
  Duration one_call = std::chrono::seconds{5};
  std::size_t cached_crls = 64;
  std::size_t cached_answers = 10'000;
};

// See RevocationSource. Answers and lists are kept until they end; a responder is asked first, lists where
// none gives an answer that can be believed. Safe from any thread.
class HttpRevocationSource final : public RevocationSource, public StapleSource {
 public:
  // `http` must outlive it; its egress policy decides where questions may go. So must `roots`, among which
  // the issuer is looked for that a chain does not hold: that of a root's own certificates. Null: there are
  // none.
  explicit HttpRevocationSource(HttpClient& http, TrustedRoots* roots = nullptr, RevocationLimits limits = {})
      : http_(http), roots_(roots), limits_(limits) {}

  RevocationAnswer ask(const std::vector<Bytes>& chain, Instant now, Deadline deadline) override;
  Result<std::vector<Bytes>> fetch_issuers(BytesView certificate, Deadline deadline) override;
  // Asks the responders alone, and anew each time. kDenied if they say that the certificate is revoked.
  Result<std::optional<Staple>> fetch_staple(const std::vector<Bytes>& chain, Instant now,
                                             Deadline deadline) override;

 private:
  Result<Bytes> fetch(HttpRequest request, std::size_t most, Deadline deadline);
  // What was said, and the very bytes of it.
  struct Said {
    RevocationAnswer answer;
    Bytes response;
  };
  Result<Said> ask_responder(const std::string& url, const Certificate& leaf, const Certificate& issuer,
                             Instant now, Deadline deadline);
  Result<RevocationAnswer> ask_list(const std::string& url, const Certificate& leaf,
                                    const Certificate& issuer, Instant now, Deadline deadline);
  Result<std::shared_ptr<const Crl>> list_at(const std::string& url, const Certificate& issuer, Instant now,
                                             Deadline deadline);
  Result<Certificate> issuer_of(const Certificate& leaf, const std::vector<Bytes>& chain, Deadline deadline);
  Result<std::optional<Certificate>> issuing_root(const Certificate& leaf) const;
  std::optional<RevocationAnswer> known_answer(const std::string& fingerprint, Instant now);
  void keep(const std::string& fingerprint, const RevocationAnswer& answer, Instant now);

  HttpClient& http_;
  TrustedRoots* const roots_;
  const RevocationLimits limits_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Crl>> lists_;  // by URL; guarded by mutex_
  std::map<std::string, RevocationAnswer> answers_;          // by fingerprint of the leaf; guarded by mutex_
};

}  // namespace certstead
