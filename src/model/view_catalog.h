// Port: what the views of this host hold and would serve, for `certstead cache`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/key_type.h"
#include "base/result.h"

namespace certstead {

struct ViewEntry {
  std::string view;  // its name, e.g. "gateway"
  std::string set_id, version_id, serial;
  std::string subject_key_id;  // lower-case hex; "" if the certificate has none
  std::int64_t version = 1;
  KeyType key_type = KeyType::kP256;
  std::vector<std::string> names, tags;
  Instant not_after;
};

// A client that asks.
struct ViewQuestion {
  std::string view = "gateway";
  std::string name;               // as in SNI; empty: it sends none
  std::string tag;                // of the listener, for clients that send no name
  std::string address;            // of the listener, likewise, in any spelling
  std::string protocol = "http";  // "smtp", "imap", ...
  bool tls12 = false;             // it speaks TLS 1.2 at most
  // How the server is set up that asks the view (`certstead gateway --help`).
  std::string default_name;     // empty: this host's own name
  bool serves_default = false;  // what it serves for a name that the view does not have; else it refuses
  bool prefers_rsa = false;
  // Code points (RFC 8446 section 4.2.3). Nothing: it names none, as old clients of TLS 1.2 do.
  std::optional<std::vector<std::uint16_t>> signature_algorithms;
};
struct ViewLookup {
  std::string why;  // "exact", "wildcard", "tag", "address", "default", "none"
  std::optional<ViewEntry> entry;
  std::vector<std::string> lines;  // request and result as the log of look-ups has them
  // How the server is taken to be set up, as its options: "--on-unknown-name refuse --prefer ecdsa ...".
  std::string assumed = {};
};

// One view and whether those who serve it log their look-ups.
struct ViewLogState {
  std::string view;
  bool on = false;
};

class ViewCatalog {
 public:
  virtual ~ViewCatalog() = default;
  // At most `limit` entries of every view.
  virtual Result<std::vector<ViewEntry>> list(std::size_t limit) = 0;
  // kNotFound ("view-unknown") if there is no such view, kInvalid for an address or a default name that is
  // none.
  virtual Result<ViewLookup> look_up(const ViewQuestion& question) = 0;
  // Switches the log of look-ups of a view ("": of all) for everyone who serves it, within a second.
  // kNotFound ("view-unknown").
  virtual Status set_lookup_log(std::string_view view, bool on) = 0;
  virtual Result<std::vector<ViewLogState>> lookup_logs() = 0;
};

}  // namespace certstead
