// Pebble (an ACME CA for tests) as src/lab starts it, with a TLS certificate made for it.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "base/temp_dir.h"
#include "lab/lab.h"
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

  const std::string& directory_url() const { return lab_->directory_url(); }
  const std::string& management_url() const { return lab_->management_url(); }
  // Management of the DNS server: POST /set-txt, /add-a, ...
  const std::string& dns_management_url() const { return lab_->dns_management_url(); }
  std::uint16_t http01_port() const { return lab_->http01_port(); }
  // What the connection to it is trusted with.
  const std::string& tls_root_pem() const { return tls_root_pem_; }
  // The root (0, or an alternate one) under which it issues; changes with every start.
  Result<std::string> root_pem(int index = 0) const;
  // A record by which it is reached.
  IssuerRecord issuer() const;
  // A client that may reach it.
  Result<std::unique_ptr<HttpClient>> client() const;
  pid_t pid() const { return lab_->pebble_pid(); }
  // The latter part of what it printed, for a failing test.
  std::string output() const;
  void stop() { lab_.reset(); }

 private:
  PebbleLab() = default;

  std::unique_ptr<TempDir> directory_;
  std::string tls_root_pem_;
  std::unique_ptr<Lab> lab_;
};

}  // namespace certstead
