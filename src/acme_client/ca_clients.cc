#include "acme_client/ca_clients.h"

#include "base/text.h"

namespace certstead {
namespace {

Result<EgressPolicy> egress_of(const IssuerRecord& issuer) {
  std::vector<std::string> blocks;
  for (const std::string_view block : split(issuer.allowed_networks, ','))
    if (!trim(block).empty()) blocks.emplace_back(trim(block));
  return EgressPolicy::with_allowed(blocks);
}

}  // namespace

HttpClientFactory ca_clients(CaClientSettings settings) {
  return [settings = std::move(settings)](const IssuerRecord& issuer) -> Result<std::unique_ptr<HttpClient>> {
    HttpClientOptions options;
    TRY(options.egress, egress_of(issuer));
    options.trusted_roots_pem = issuer.trusted_pem;
    options.trusted_roots_directory = settings.system_roots;
    options.proxy = settings.proxy;
    options.resolve = settings.resolve;
    return make_http_client(std::move(options));
  };
}

HttpClientFactory self_check_clients(CaClientSettings settings) {
  return [settings = std::move(settings)](const IssuerRecord& issuer) -> Result<std::unique_ptr<HttpClient>> {
    HttpClientOptions options;
    TRY(options.egress, egress_of(issuer));
    options.resolve = settings.resolve;
    return make_http_client(std::move(options));
  };
}

}  // namespace certstead
