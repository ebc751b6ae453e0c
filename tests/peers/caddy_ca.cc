#include "peers/caddy_ca.h"

#include <thread>

#include "base/file.h"
#include "net/http_client.h"

namespace certstead {
namespace {

// Caddy writes its root when it first needs it, a moment after it listens.
Result<std::string> wait_for_file(const std::filesystem::path& path) {
  const Deadline deadline = Deadline::after(std::chrono::seconds{20});
  for (;;) {
    auto text = read_text_file(path);
    if (text && text->find("-----END CERTIFICATE-----") != std::string::npos) return text;
    if (deadline.passed()) return unavailable("caddy made no root at " + path.string());
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

// It listens before it has a certificate of its own.
Status wait_for_directory(const CaddyCa& ca) {
  HttpClientOptions options;
  options.egress = EgressPolicy::anywhere();
  options.trusted_roots_pem = ca.issuer().trusted_pem;
  TRY(const auto http, make_http_client(std::move(options)));
  const Deadline deadline = Deadline::after(std::chrono::seconds{20});
  for (;;) {
    const auto answer = http->send({"GET", ca.directory_url(), {}, {}}, deadline);
    if (answer && answer->status == 200) return Done{};
    if (deadline.passed()) return unavailable("caddy shows no directory: " + ca.output());
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

}  // namespace

Result<CaddyCa> CaddyCa::start() {
  CaddyCa ca;
  ca.directory_ = std::make_unique<TempDir>();
  ca.port_ = free_port();
  const std::string directory = ca.directory_->path().string();
  const std::string config = "{\n admin off\n auto_https disable_redirects\n http_port " +
                             std::to_string(free_port()) + "\n https_port " + std::to_string(ca.port_) +
                             "\n skip_install_trust\n local_certs\n}\nlocalhost:" + std::to_string(ca.port_) +
                             " {\n bind 127.0.0.1\n tls internal\n acme_server {\n  lifetime 12h\n }\n}\n";
  CHECK_OK(write_file_atomic(ca.directory_->path() / "Caddyfile", view_bytes(config)));
  Process::Spec spec;
  spec.command = {"caddy", "run", "--adapter", "caddyfile", "--config", directory + "/Caddyfile"};
  spec.environment = {"HOME=" + directory, "XDG_DATA_HOME=" + directory, "XDG_CONFIG_HOME=" + directory};
  spec.output = ca.directory_->path() / "caddy.log";
  TRY(ca.caddy_, Process::start(spec));
  if (!wait_for_port(ca.port_, *ca.caddy_)) return unavailable("caddy does not start: " + ca.output());
  TRY(ca.root_pem_, wait_for_file(ca.directory_->path() / "caddy/pki/authorities/local/root.crt"));
  CHECK_OK(wait_for_directory(ca));
  return ca;
}

IssuerRecord CaddyCa::issuer() const {
  IssuerRecord record;
  record.name = "caddy";
  record.directory_url = directory_url();
  record.trusted_pem = root_pem_;
  record.allowed_networks = "127.0.0.0/8, ::1/128";
  return record;
}

std::string CaddyCa::output() const {
  const auto text = read_text_file(directory_->path() / "caddy.log");
  if (!text) return text.error().detail;
  return text->substr(text->size() > 4000 ? text->size() - 4000 : 0);
}

}  // namespace certstead
