#include "peers/pebble.h"

#include "base/file.h"
#include "lab_tls.h"

namespace certstead {

Result<PebbleLab> PebbleLab::start(const PebbleOptions& options) {
  PebbleLab out;
  out.directory_ = std::make_unique<TempDir>();
  TRY(LabTls tls, make_lab_tls(SystemClock().now()));
  out.tls_root_pem_ = tls.root;
  LabCaOptions ca;
  ca.directory = out.directory_->path();
  ca.https_certificate_pem = tls.certificate;
  ca.https_key_pem = std::move(tls.key);
  ca.https_root_pem = tls.root;
  ca.http01_port = options.http01_port;
  ca.refused_nonces = options.nonce_reject;
  ca.reused_authorizations = options.authz_reuse;
  ca.alternate_roots = options.alternate_roots;
  ca.intermediates = options.chain_length;
  ca.eab_keys = options.eab_keys;
  ca.strict = options.strict;
  NullLog log;
  TRY(out.lab_, Lab::start(std::move(ca), log));
  return out;
}

IssuerRecord PebbleLab::issuer() const {
  IssuerRecord record;
  record.name = "pebble";
  record.directory_url = directory_url();
  record.trusted_pem = tls_root_pem_;
  record.allowed_networks = "127.0.0.0/8, ::1/128";
  return record;
}

Result<std::unique_ptr<HttpClient>> PebbleLab::client() const {
  HttpClientOptions options;
  options.egress = EgressPolicy::anywhere();
  options.trusted_roots_pem = tls_root_pem_;
  return make_http_client(std::move(options));
}

Result<std::string> PebbleLab::root_pem(int index) const {
  TRY(const auto http, client());
  TRY(const HttpResponse response,
      http->send({"GET", management_url() + "/roots/" + std::to_string(index), {}, {}},
                 Deadline::after(std::chrono::seconds{10})));
  if (response.status != 200) return unavailable("pebble has no root " + std::to_string(index));
  return response.body;
}

std::string PebbleLab::output() const {
  const auto text = read_text_file(directory_->path() / "pebble.log");
  if (!text) return text.error().detail;
  return text->substr(text->size() > 4000 ? text->size() - 4000 : 0);
}

}  // namespace certstead
