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
  // Where the system's roots lie by their hashes; they count beside an issuer's `trusted_pem`.
  std::string system_roots = system_roots_directory();
};

// Public addresses and the record's `allowed_networks`; the system's roots and those of the record's
// `trusted_pem`.
HttpClientFactory ca_clients(CaClientSettings settings);
// The same for the self check: the system's roots, no proxy (the CA does not go through ours either).
HttpClientFactory self_check_clients(CaClientSettings settings);

}  // namespace certstead
