// The secrets from which the session tickets of a credential set are made, on every server that serves it
// (tlscache/ticket_keys.h). Port: how the store keeps them.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "model/sealed.h"

namespace certstead {

struct TicketSecret {
  SealedSecret secret;  // 32 bytes; its ref: ticket_ref()
  std::vector<Grant> grants;
};

struct SetTickets {
  std::string set_id;
  std::int64_t generation = 0;        // of the current one
  std::vector<TicketSecret> secrets;  // previous, current, next; empty: none were made yet
  std::vector<std::string> members;   // who they are granted to
  Instant rotate_at{};                // when the next one becomes the current one
};

// Where the secret of one generation stands.
inline SecretRef ticket_ref(std::string_view set_id, std::int64_t generation) {
  return {"ticket_secrets", std::string(set_id), "secret", generation};
}

// A set has tickets from its first active version on, due at once; a change of its members makes them due.
class Tickets {
 public:
  virtual ~Tickets() = default;
  // Nothing if the set has none, or none were made yet.
  virtual Result<std::optional<SetTickets>> find_tickets(std::string_view set_id) = 0;
  // Ids of sets whose tickets are to be made or rotated, most overdue first.
  virtual Result<std::vector<std::string>> tickets_due(Instant now, std::size_t limit) = 0;
  // Puts them in the place of those of generation `before` (0: none) and tells the feed. kConflict if others
  // are there, or the set has other members by now.
  virtual Status put_tickets(const SetTickets& tickets, std::int64_t before) = 0;
};

}  // namespace certstead
