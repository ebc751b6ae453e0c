#include "manager/ticket_rotation.h"

#include <algorithm>

#include "manager/set_readers.h"

namespace certstead {
namespace {

constexpr std::size_t kSetsAtOnce = 200;
constexpr std::int64_t kKept = 3;  // previous, current, next

}  // namespace

Result<TicketSecret> TicketRotation::make(const std::string& set_id, std::int64_t generation,
                                          const std::vector<Recipient>& readers) const {
  constexpr std::size_t kSize = 32;
  const SecretBytes secret = context_.key_maker.make_secret(kSize);
  TRY(Sealed sealed, context_.sealer.seal(ticket_ref(set_id, generation), secret, readers));
  return TicketSecret{std::move(sealed.secret), std::move(sealed.grants)};
}

Status TicketRotation::rotate(const std::string& set_id) const {
  const auto set = context_.store.sets.find_set(set_id);
  if (!set) return set.error().code == Code::kNotFound ? Status(Done{}) : Status(set.error());
  TRY(const auto readers, members_of_set(context_, *set));
  TRY(const auto there, context_.store.tickets.find_tickets(set_id));
  const std::int64_t before = there ? there->generation : 0;
  SetTickets next{set_id, before + 1, {}, set->members, context_.clock.now() + kTicketRotation};
  if (there && there->members == set->members) {
    next.secrets.assign(there->secrets.begin() + 1, there->secrets.end());
  } else {
    // Not a number of before, so that no reader takes an old secret for a new one.
    next.generation = before + kKept;
  }
  while (next.secrets.size() < static_cast<std::size_t>(kKept)) {
    const std::int64_t generation = next.generation - 1 + static_cast<std::int64_t>(next.secrets.size());
    TRY(TicketSecret fresh, make(set_id, generation, readers));
    next.secrets.push_back(std::move(fresh));
  }
  const Status put = context_.store.tickets.put_tickets(next, before);
  // Somebody changed the set meanwhile: it is due again.
  if (!put && put.error().code == Code::kConflict) return Done{};
  return put;
}

Status TicketRotation::look() {
  TRY(const auto due, context_.store.tickets.tickets_due(context_.clock.now(), kSetsAtOnce));
  for (const std::string& set_id : due) {
    if (stopping_()) break;
    CHECK_OK(rotate(set_id));
  }
  return Done{};
}

}  // namespace certstead
