// Pebble and its challenge server, for trying and testing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/log_sink.h"
#include "base/secret.h"
#include "lab/child_process.h"
#include "net/http_client.h"

namespace certstead {

struct LabCaOptions {
  std::filesystem::path directory;  // for configuration and logs; made if absent
  // Pebble's own HTTPS: a certificate for "localhost", its key, and the root that vouches for it. PEM.
  std::string https_certificate_pem;
  SecretBytes https_key_pem;
  std::string https_root_pem;
  // Where the CA looks for HTTP-01 answers, on 127.0.0.1; 0: a free port is chosen.
  std::uint16_t http01_port = 0;
  // The DNS server that the CA asks, ADDRESS:PORT; "": the challenge server, for which every name is
  // 127.0.0.1.
  std::string dns_server;
  // Of a hundred good nonces, how many are refused nevertheless. Pebble's own habit is 5.
  int refused_nonces = 5;
  // Of a hundred orders, how many get a valid authorization again that the account has.
  int reused_authorizations = 50;
  bool skip_validation = false;                 // every challenge counts as met
  bool slow_validation = false;                 // up to 15 s for a challenge, as Pebble does
  bool strict = false;                          // refuses what later versions of ACME may refuse
  std::map<std::string, std::string> eab_keys;  // kid to base64url HMAC key; not empty: accounts need one
  std::optional<std::chrono::seconds> certificate_life;  // of what it signs; nothing: five years
  int alternate_roots = 0;
  int intermediates = 1;  // in the chain
  Duration start_time{20'000};
};

class Lab {
 public:
  // Starts both programs and waits until the directory answers. kNotFound names the package to install if one
  // is missing; kUnavailable quotes the end of the log if one does not come up.
  static Result<std::unique_ptr<Lab>> start(LabCaOptions options, LogSink& log);
  // Stops both.
  ~Lab();

  const std::string& directory_url() const { return directory_url_; }  // https://localhost:PORT/dir
  // Root of the certificates that it signs, PEM; made anew at every start.
  const std::string& root_pem() const { return root_pem_; }
  std::uint16_t http01_port() const { return http01_port_; }
  // https://localhost:PORT: roots, intermediates and the fate of certificates.
  const std::string& management_url() const { return management_url_; }
  // The DNS server that the CA asks, ADDRESS:PORT.
  const std::string& dns_server() const { return dns_server_; }
  // http://127.0.0.1:PORT of its DNS server: POST /set-txt, /add-a, ...
  const std::string& dns_management_url() const { return dns_management_url_; }
  pid_t pebble_pid() const { return pebble_->pid(); }
  pid_t challenge_server_pid() const { return challenge_server_->pid(); }
  // How the first of both that ended by itself did ("pebble: exit 1"); nothing while both run.
  std::optional<std::string> failure() const;

 private:
  struct Ports;
  Lab() = default;
  Status launch(const LabCaOptions& options, const Ports& ports);
  Status wait_until_ready(const LabCaOptions& options);

  std::string directory_url_, management_url_, dns_management_url_, dns_server_, root_pem_;
  std::uint16_t http01_port_ = 0;
  std::unique_ptr<ChildProcess> challenge_server_, pebble_;
};

}  // namespace certstead
