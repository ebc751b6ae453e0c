#include "net/http_client.h"

#include <algorithm>
#include <mutex>

#include "base/text.h"
#include "crypto/certificate.h"
#include "net/egress.h"

namespace certstead {
namespace {

// Keeps easy handles, each with its open connections, and lends each to one request at a time.
class CurlHttpClient final : public HttpClient {
 public:
  explicit CurlHttpClient(HttpClientOptions options) : options_(std::move(options)) {}

  Result<HttpResponse> send(const HttpRequest& request, Deadline deadline) override {
    TRY(const EgressUrl url, parse_egress_url(request.url));
    Lent lent = take(url.origin());
    if (!lent.handle) return internal("out of memory for an HTTP request");
    auto answer = egress(lent.handle.get(), options_, request, deadline);
    give_back(std::move(lent));
    return answer;
  }

 private:
  struct Lent {
    CurlHandle handle;
    std::string origin;  // of its last request: its open connection most likely leads there
  };

  Lent take(const std::string& origin) {
    {
      const std::lock_guard hold(mutex_);
      if (!idle_.empty()) {
        auto found = std::ranges::find(idle_, origin, &Lent::origin);
        if (found == idle_.end()) found = std::prev(idle_.end());
        Lent lent = std::move(*found);
        idle_.erase(found);
        lent.origin = origin;
        return lent;
      }
    }
    return {CurlHandle(curl_easy_init()), origin};
  }

  void give_back(Lent lent) {
    const std::lock_guard hold(mutex_);
    if (idle_.size() < options_.idle_connections) idle_.push_back(std::move(lent));
  }

  const HttpClientOptions options_;
  std::mutex mutex_;
  std::vector<Lent> idle_;  // guarded by mutex_
};

Status check_options(const HttpClientOptions& options) {
  if (!options.trusted_roots_pem.empty()) {
    auto roots = Certificate::all_from_pem(options.trusted_roots_pem);
    if (!roots) return roots.error().within("trusted roots");
    if (roots->empty()) return invalid("the trusted roots hold no certificate");
  }
  if (options.client_certificate_pem.empty() != options.client_key_pem.empty()) {
    return invalid("a client certificate needs its key, and the key its certificate: give both or neither");
  }
  if (!options.client_certificate_pem.empty()) {
    auto certificate = Certificate::from_pem(options.client_certificate_pem);
    if (!certificate) return certificate.error().within("client certificate");
    auto key = PrivateKey::from_pem(options.client_key_pem.reveal());
    if (!key) return key.error().within("key of the client certificate");
    if (!certificate->matches(*key))
      return invalid("the client certificate and its key don't belong together");
  }
  for (const std::string& line : options.resolve) {
    const std::size_t host_end = line.find(':');
    const std::size_t port_end = line.find(':', host_end + 1);
    if (host_end == std::string::npos || port_end == std::string::npos) {
      return invalid("\"" + printable(line, 80) + "\" is no resolve line: write host:port:address");
    }
  }
  if (!options.proxy.empty() && !options.proxy.starts_with("http://")) {
    return invalid("the proxy must be written as http://host:port");
  }
  if (!is_field_value(options.user_agent)) return invalid("the user agent has control characters");
  return Done{};
}

}  // namespace

std::string system_roots_directory() {
  const curl_version_info_data* built = curl_version_info(CURLVERSION_NOW);
  return built->capath == nullptr ? "" : built->capath;
}

Result<std::unique_ptr<HttpClient>> make_http_client(HttpClientOptions options) {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kStarted != CURLE_OK) return internal("libcurl could not be started");
  CHECK_OK(check_options(options));
  return std::unique_ptr<HttpClient>(std::make_unique<CurlHttpClient>(std::move(options)));
}

}  // namespace certstead
