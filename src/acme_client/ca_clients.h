// The HTTP clients that an AcmeIssuer needs, made from an issuer's record.
#pragma once

#include <functional>
#include <memory>

#include "model/issuer_record.h"
#include "net/http_client.h"

namespace certstead {

using HttpClientFactory = std::function<Result<std::unique_ptr<HttpClient>>(const IssuerRecord&)>;

struct CaClientSettings {
  std::string proxy;                 // as HttpClientOptions::proxy
  std::vector<std::string> resolve;  // as HttpClientOptions::resolve
};

// Public addresses and the record's `allowed_networks`; the record's `trusted_pem` where it is given, else
// the system's roots.
HttpClientFactory ca_clients(CaClientSettings settings);
// The same for the self check: the system's roots, no proxy (the CA does not go through ours either).
HttpClientFactory self_check_clients(CaClientSettings settings);

}  // namespace certstead
