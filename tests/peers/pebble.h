// Pebble (an ACME CA for tests) with its DNS server, on free ports of the loopback, with a TLS certificate
// made for it.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "base/temp_dir.h"
#include "model/issuer_record.h"
#include "net/http_client.h"
#include "peers/process.h"

namespace certstead {

struct PebbleOptions {
  // Where Pebble sends HTTP-01 requests to: a port of 127.0.0.1. Every name resolves to that address.
  std::uint16_t http01_port = 0;
  int nonce_reject = 0;  // per cent of good nonces that are refused
  int authz_reuse = 0;   // per cent of valid authorizations that a new order gets again
  int alternate_roots = 0;
  int chain_length = 1;  // intermediates
  std::map<std::string, std::string> eab_keys =
      {};  // kid -> HMAC key in base64url; not empty: EAB is required
  bool strict = true;
};

class PebbleLab {
 public:
  static bool available() { return have_program("pebble") && have_program("pebble-challtestsrv"); }
  // Starts both and waits until they answer.
  static Result<PebbleLab> start(const PebbleOptions& options);

  std::string directory_url() const { return "https://localhost:" + std::to_string(acme_port_) + "/dir"; }
  std::string management_url() const { return "https://localhost:" + std::to_string(management_port_); }
  // Management of the DNS server: POST /set-txt, /add-a, ...
  std::string dns_management_url() const {
    return "http://127.0.0.1:" + std::to_string(dns_management_port_);
  }
  std::uint16_t http01_port() const { return http01_port_; }
  // What the connection to it is trusted with.
  const std::string& tls_root_pem() const { return tls_root_pem_; }
  // The root (0, or an alternate one) under which it issues; changes with every start.
  Result<std::string> root_pem(int index = 0) const;
  // A record by which it is reached.
  IssuerRecord issuer() const;
  // A client that may reach it.
  Result<std::unique_ptr<HttpClient>> client() const;
  pid_t pid() const { return pebble_->pid(); }
  // The latter part of what it printed, for a failing test.
  std::string output() const;
  void stop();

 private:
  PebbleLab() = default;
  Status make_tls_files();
  Status write_config(const PebbleOptions& options) const;
  Status start_dns();
  Status start_pebble(const PebbleOptions& options);

  std::unique_ptr<TempDir> directory_;
  std::string tls_root_pem_;
  std::uint16_t acme_port_ = 0, management_port_ = 0, dns_port_ = 0, dns_management_port_ = 0,
                http01_port_ = 0;
  std::optional<Process> dns_, pebble_;
};

}  // namespace certstead
