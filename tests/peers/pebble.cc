#include "peers/pebble.h"

#include <boost/json/value.hpp>

#include "base/file.h"
#include "crypto/issue.h"
#include "json/json.h"

namespace certstead {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

Status write(const std::filesystem::path& path, std::string_view content) {
  return write_file_atomic(path, view_bytes(content));
}

}  // namespace

Status PebbleLab::make_tls_files() {
  TRY(const PrivateKey root_key, PrivateKey::generate(KeyType::kP256));
  TRY(const PrivateKey key, PrivateKey::generate(KeyType::kP256));
  const Instant now = SystemClock().now();
  CertificateTemplate content{.common_name = "Lab Root",
                              .public_key = root_key.public_key(),
                              .not_before = now - hours{1},
                              .not_after = now + hours{24}};
  content.is_ca = true;
  TRY(const Certificate root, issue_certificate(content, root_key, std::nullopt));
  content.common_name = "localhost";
  content.public_key = key.public_key();
  content.is_ca = false;
  content.dns_names = {"localhost"};
  content.server_auth = true;
  TRY(const Certificate leaf, issue_certificate(content, root_key, root));
  tls_root_pem_ = root.to_pem();
  CHECK_OK(write(directory_->path() / "cert.pem", leaf.to_pem()));
  return write(directory_->path() / "key.pem", view_text(key.to_pkcs8_pem().reveal()));
}

Status PebbleLab::write_config(const PebbleOptions& options) const {
  boost::json::object keys;
  for (const auto& [kid, key] : options.eab_keys) keys[kid] = key;
  const boost::json::object pebble{
      {"listenAddress", "127.0.0.1:" + std::to_string(acme_port_)},
      {"managementListenAddress", "127.0.0.1:" + std::to_string(management_port_)},
      {"certificate", (directory_->path() / "cert.pem").string()},
      {"privateKey", (directory_->path() / "key.pem").string()},
      {"httpPort", options.http01_port},
      {"tlsPort", 1},
      {"ocspResponderURL", ""},
      {"externalAccountBindingRequired", !options.eab_keys.empty()},
      {"externalAccountMACKeys", keys}};
  return write(directory_->path() / "pebble.json", to_json_text(boost::json::object{{"pebble", pebble}}));
}

Status PebbleLab::start_dns() {
  dns_port_ = free_port();
  dns_management_port_ = free_port();
  const std::string dns = "127.0.0.1:" + std::to_string(dns_port_);
  const std::string management = "127.0.0.1:" + std::to_string(dns_management_port_);
  Process::Spec spec;
  spec.command = {"pebble-challtestsrv",
                  "-dns01",
                  dns,
                  "-management",
                  management,
                  "-http01",
                  "",
                  "-https01",
                  "",
                  "-tlsalpn01",
                  "",
                  "-defaultIPv6",
                  "",
                  "-defaultIPv4",
                  "127.0.0.1"};
  spec.output = directory_->path() / "dns.log";
  TRY(dns_, Process::start(spec));
  if (!wait_for_port(dns_management_port_, *dns_)) return unavailable("pebble-challtestsrv does not start");
  return Done{};
}

Status PebbleLab::start_pebble(const PebbleOptions& options) {
  Process::Spec spec;
  spec.command = {"pebble", "-config", (directory_->path() / "pebble.json").string(), "-dnsserver",
                  "127.0.0.1:" + std::to_string(dns_port_)};
  if (options.strict) spec.command.emplace_back("-strict");
  spec.environment = {"PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=" + std::to_string(options.nonce_reject),
                      "PEBBLE_AUTHZREUSE=" + std::to_string(options.authz_reuse),
                      "PEBBLE_ALTERNATE_ROOTS=" + std::to_string(options.alternate_roots),
                      "PEBBLE_CHAIN_LENGTH=" + std::to_string(options.chain_length)};
  spec.output = directory_->path() / "pebble.log";
  TRY(pebble_, Process::start(spec));
  if (!wait_for_port(acme_port_, *pebble_)) return unavailable("pebble does not start: " + output());
  if (!wait_for_port(management_port_, *pebble_)) return unavailable("pebble has no management: " + output());
  return Done{};
}

Result<PebbleLab> PebbleLab::start(const PebbleOptions& options) {
  PebbleLab lab;
  lab.directory_ = std::make_unique<TempDir>();
  lab.http01_port_ = options.http01_port;
  lab.acme_port_ = free_port();
  lab.management_port_ = free_port();
  CHECK_OK(lab.make_tls_files());
  CHECK_OK(lab.write_config(options));
  CHECK_OK(lab.start_dns());
  CHECK_OK(lab.start_pebble(options));
  return lab;
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
                 Deadline::after(seconds{10})));
  if (response.status != 200) return unavailable("pebble has no root " + std::to_string(index));
  return response.body;
}

std::string PebbleLab::output() const {
  const auto text = read_text_file(directory_->path() / "pebble.log");
  if (!text) return text.error().detail;
  return text->substr(text->size() > 4000 ? text->size() - 4000 : 0);
}

void PebbleLab::stop() {
  pebble_.reset();
  dns_.reset();
}

}  // namespace certstead
