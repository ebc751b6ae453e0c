// Telling people: where to, what, and what has been told already.
#pragma once

#include "base/secret.h"
#include "model/audit.h"
#include "model/health.h"
#include "model/sealed.h"

namespace certstead {

struct NotifyTarget {
  std::string name;        // unique
  std::string kind;        // "mail" or "webhook"
  std::string url;         // of a webhook
  bool heartbeat = false;  // a webhook that is called regularly while all goes well
  // Of a mail server.
  std::string server;  // HOST:PORT
  std::string from, user;
  std::vector<std::string> to;
  std::string tls = "starttls";  // "starttls", "tls" (from the first byte on), "none" (only when asked for)
  std::string trusted_pem;       // roots for its certificate; empty: the system's
  std::string
      allowed_networks;  // CIDRs beyond the public internet, comma-separated; a mail server needs none
  SealedSecret secret;   // password or signing secret; empty without one
  std::vector<Grant> grants;
  Instant created;
};

// One thing that a person is told.
struct Notice {
  std::string subject;  // as Finding::subject
  std::string id;       // as Finding::id
  std::string event;    // "new", "again", "over"
  Health severity = Health::kYellow;
  std::string detail;
  Instant at;
};

// A notice on its way to one target.
struct OutboxEntry {
  std::string id, target;
  Notice notice;
  Instant next_try;
  int attempts = 0;
  std::string last_error;
};

// What was told of a finding that stands.
struct Told {
  std::string subject, id;
  Health severity = Health::kYellow;
  std::string detail;
  Instant first, last;
};

// Port: sends a message now. kInvalid and kDenied will fail again; kUnavailable may go better later.
class Notifier {
 public:
  virtual ~Notifier() = default;
  // One message with all of `notices` (none: a heartbeat, or with `test` a test message). Blocks until
  // `deadline` at most.
  struct Message {
    std::string store_id;  // who speaks
    Instant at;
    bool test = false;
    std::vector<Notice> notices;
  };
  virtual Status send(const NotifyTarget& target, const SecretBytes& secret, const Message& message,
                      Deadline deadline) = 0;
};

// Port: targets, outbox and what was told, in the store.
class Notifications {
 public:
  virtual ~Notifications() = default;
  virtual Status add_target(const NotifyTarget& target, const AuditNote& note) = 0;  // kConflict: name taken
  virtual Status remove_target(std::string_view name, const AuditNote& note) = 0;    // and what waits for it
  virtual Result<std::vector<NotifyTarget>> list_targets() = 0;
  virtual Result<std::vector<Told>> told(std::string_view subject) = 0;
  virtual Result<std::vector<std::string>> told_subjects() = 0;  // of which something stands as told
  // In one transaction: what is told of `subject` now, and the entries that tell it.
  virtual Status tell(std::string_view subject, const std::vector<Told>& told,
                      const std::vector<OutboxEntry>& entries) = 0;
  // At most `limit` entries of `target` with next_try at or before `now`, oldest first.
  virtual Result<std::vector<OutboxEntry>> outbox_due(std::string_view target, Instant now,
                                                      std::size_t limit) = 0;
  // Those that were sent leave; those that were not stay with their error for `next_try`.
  virtual Status end_delivery(const std::vector<OutboxEntry>& entries, const std::string& error,
                              Instant next_try) = 0;
  virtual Result<std::int64_t> outbox_size(std::string_view target) = 0;
};

}  // namespace certstead
