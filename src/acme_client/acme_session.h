// Talking with one CA: its directory, its nonces, and signed requests.
#pragma once

#include <memory>
#include <mutex>

#include "acme_client/acme_objects.h"
#include "acme_client/nonce_pool.h"
#include "base/log_sink.h"
#include "crypto/key.h"
#include "net/http_client.h"

namespace certstead {

// A request that the CA answers with badNonce is sent again this often, each time with another nonce.
inline constexpr int kMaxNonceRetries = 8;

// Who signs: the account's key, named by its URL, or by itself where there is no URL yet.
struct AcmeSigner {
  const PrivateKey& key;
  std::string kid;
};

// Safe from any thread. Everything blocks until `deadline` at most.
class AcmeSession {
 public:
  AcmeSession(std::unique_ptr<HttpClient> client, std::string directory_url, const Clock& clock,
              LogSink& log);

  // Which URLs of this CA may be followed.
  const CaUrlRule& urls() const { return urls_; }
  // The directory as it was read within `max_age`, else read now.
  Result<std::shared_ptr<const AcmeDirectory>> directory(Deadline deadline,
                                                         Duration max_age = std::chrono::hours{1});

  // POST with a JWS (RFC 8555 section 6.2); an empty payload is POST-as-GET. Every answer but badNonce is
  // success. Errors: those of HttpClient::send and of reading the directory; kUnavailable "acme-bad-nonce"
  // when no nonce was good enough. No request is repeated for any other reason.
  Result<HttpResponse> post(const std::string& url, const AcmeSigner& signer, std::string_view payload,
                            Deadline deadline, std::string_view accept = "application/json");
  // GET without signature. Every answer is success.
  Result<HttpResponse> get(const std::string& url, Deadline deadline);

 private:
  Result<std::shared_ptr<const AcmeDirectory>> read_directory_now(Deadline deadline);
  Result<HttpResponse> send(HttpRequest request, Deadline deadline);
  Result<std::string> next_nonce(Deadline deadline);

  const std::unique_ptr<HttpClient> client_;
  const std::string directory_url_;
  const CaUrlRule urls_;
  const Clock& clock_;
  LogSink& log_;
  NoncePool nonces_;
  std::mutex mutex_;  // guards the two below
  std::shared_ptr<const AcmeDirectory> directory_;
  Duration directory_read_{};
};

// The body of a successful answer that must be JSON. kUnavailable "acme-garbage" names the type it has
// instead.
Result<std::string_view> json_body(const HttpResponse& response);
// An answer that can't be understood is a failure of the CA's: to be tried again later.
Error garbled(const Error& error);

}  // namespace certstead
