// Makes the secrets of session tickets and rotates them over the whole fleet.
#pragma once

#include <functional>

#include "manager/context.h"

namespace certstead {

// How long one secret makes tickets; it opens them for as long again.
inline constexpr std::chrono::hours kTicketRotation{12};

// Secrets are granted to who has access to the set at that time. A change of members makes new ones at once,
// all of them, so that who lost access can open no ticket from then on.
class TicketRotation {
 public:
  TicketRotation(const Context& context, std::function<bool()> stopping)
      : context_(context), stopping_(std::move(stopping)) {}
  // Makes and rotates what is due by the clock; at most a few hundred sets, the rest at the next call. One
  // thread at a time.
  Status look();

 private:
  Status rotate(const std::string& set_id) const;
  Result<TicketSecret> make(const std::string& set_id, std::int64_t generation,
                            const std::vector<Recipient>& readers) const;

  const Context& context_;
  const std::function<bool()> stopping_;
};

}  // namespace certstead
