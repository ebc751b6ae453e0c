// Caddy as a CA: its ACME server, which is smallstep's.
#pragma once

#include <memory>
#include <optional>

#include "base/temp_dir.h"
#include "model/issuer_record.h"
#include "peers/process.h"

namespace certstead {

class CaddyCa {
 public:
  static bool available() { return have_program("caddy"); }
  // Starts it on free ports of the loopback and waits until it answers. It resolves names with the system's
  // resolver and sends HTTP-01 requests to port 80: "localhost" can be proved by whoever has 127.0.0.1:80.
  static Result<CaddyCa> start();

  std::string directory_url() const {
    return "https://localhost:" + std::to_string(port_) + "/acme/local/directory";
  }
  // A record by which it is reached.
  IssuerRecord issuer() const;
  // The latter part of what it printed, for a failing test.
  std::string output() const;

 private:
  CaddyCa() = default;
  std::unique_ptr<TempDir> directory_;
  std::uint16_t port_ = 0;
  std::string root_pem_;
  std::optional<Process> caddy_;
};

}  // namespace certstead
