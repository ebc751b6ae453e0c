// Addresses whose served certificate is looked at from outside, by real handshakes.
#pragma once

#include "model/audit.h"
#include "model/certificate_check.h"
#include "model/health.h"

namespace certstead {

struct UrlWatch {
  std::string name;  // "mail.example.test:587"; unique
  std::string host;
  std::uint16_t port = 443;
  std::string starttls;          // "", "smtp", "imap", "pop3", ...
  std::string server_name;       // asked for, and what the certificate must name; "": the host
  std::string roots = "system";  // "system": the host's and the store's; "store": those of the store alone
  Instant created;
};

// What one handshake showed.
struct WatchResult {
  Instant at;
  std::vector<Finding> findings;  // empty: all well
  std::string address, protocol, serial, issuer, fingerprint;
  std::optional<Instant> not_after;
};

struct WatchRecord {
  UrlWatch watch;
  Instant next_check;
  std::optional<WatchResult> last, before;  // the last two looks
};

// Port: the watches in the store.
class UrlWatches {
 public:
  virtual ~UrlWatches() = default;
  virtual Status add_watch(const UrlWatch& watch, const AuditNote& note) = 0;  // kConflict: name taken
  virtual Status remove_watch(std::string_view name, const AuditNote& note) = 0;
  virtual Result<std::vector<WatchRecord>> list_watches() = 0;
  virtual Result<std::vector<WatchRecord>> watches_due(Instant now, std::size_t limit) = 0;
  virtual Status make_due(Instant now) = 0;  // all of them
  // Keeps `result` as the last one, the last one as the one before. kNotFound if the watch is gone.
  virtual Status put_result(std::string_view name, const WatchResult& result, Instant next_check) = 0;
};

// What a handshake with a watched address gave: facts for watch_findings.
struct ProbeFacts {
  std::string address, protocol;
  std::vector<Bytes> chain;  // DER as served
  CertificateFacts leaf;
  bool names_server = false;
  bool verified = false;
  std::string problem;
};

// Port: one real handshake.
class Prober {
 public:
  virtual ~Prober() = default;
  // kInvalid if this could never be watched: a STARTTLS protocol that is not spoken.
  virtual Status check(const UrlWatch& watch) = 0;
  // `store_roots_pem`: roots to trust beside (or, by the watch, instead of) the system's. kUnavailable if no
  // handshake could be had; kInvalid for a STARTTLS protocol that is not spoken. Blocks until `deadline`.
  virtual Result<ProbeFacts> probe(const UrlWatch& watch, const std::string& store_roots_pem, Instant now,
                                   Deadline deadline) = 0;
};

// "HOST", "HOST:PORT", "[::1]:PORT" or "https://HOST[:PORT][/...]" as a watch; the port is 443 unless given.
// kInvalid.
Result<UrlWatch> parse_watch(std::string_view target);

// Red: no handshake, expired, expiring as judge() has it, not yet valid, wrong name, weak, a chain that is
// not trusted. `chain`: nothing if it could not be inspected.
std::vector<Finding> watch_findings(const UrlWatch& watch, const Result<ProbeFacts>& seen,
                                    const std::optional<ChainReport>& chain, Instant now);

}  // namespace certstead
