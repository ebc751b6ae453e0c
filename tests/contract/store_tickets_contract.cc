// The secrets of session tickets.
#include "contract/store_contract.h"

namespace certstead {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

SetTickets sample_tickets(const CredentialSet& set, std::int64_t generation, Instant rotate_at) {
  SetTickets tickets{set.id, generation, {}, set.members, rotate_at};
  for (std::int64_t g = generation - 1; g <= generation + 1; ++g) {
    tickets.secrets.push_back({sample_secret(set.id), sample_grants(set.id)});
    tickets.secrets.back().secret.ref = ticket_ref(set.id, g);
  }
  return tickets;
}

TEST_P(StoreContract, SetHasTicketsDueFromItsFirstActiveVersionOn) {
  const CredentialSet set = add_set("www");
  EXPECT_THAT(store_->tickets().tickets_due(clock_.now(), 10).value(), IsEmpty());
  activate(set, 1);
  EXPECT_THAT(store_->tickets().tickets_due(clock_.now(), 10).value(), ElementsAre(set.id));
  EXPECT_FALSE(store_->tickets().find_tickets(set.id).value()) << "none were made yet";
}

TEST_P(StoreContract, TicketsAreKeptRotatedAndToldToTheFeed) {
  const CredentialSet set = add_set("www");
  activate(set, 1);
  const std::int64_t before = head();
  ASSERT_TRUE(store_->tickets().put_tickets(sample_tickets(set, 3, clock_.now() + hours(12)), 0));
  EXPECT_THAT(changes_after(before), ElementsAre("tickets " + set.id));
  reopen();
  const auto kept = store_->tickets().find_tickets(set.id).value();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->generation, 3);
  EXPECT_EQ(kept->members, set.members);
  ASSERT_EQ(kept->secrets.size(), 3U);
  EXPECT_EQ(kept->secrets[2].secret.ref, ticket_ref(set.id, 4));
  EXPECT_EQ(kept->secrets[2].secret.content, sample_secret(set.id).content);
  EXPECT_EQ(kept->secrets[2].grants.size(), sample_grants(set.id).size());
  EXPECT_THAT(store_->tickets().tickets_due(clock_.now(), 10).value(), IsEmpty());
  EXPECT_THAT(store_->tickets().tickets_due(clock_.now() + hours(12), 10).value(), ElementsAre(set.id));
  // A second active version changes nothing about them.
  activate(current(set), 2);
  EXPECT_THAT(store_->tickets().tickets_due(clock_.now(), 10).value(), IsEmpty());
}

TEST_P(StoreContract, TicketsOfAnotherGenerationOrForOtherMembersAreAConflict) {
  CredentialSet set = add_set("www");
  activate(set, 1);
  const Instant later = clock_.now() + hours(12);
  ASSERT_TRUE(store_->tickets().put_tickets(sample_tickets(set, 1, later), 0));
  EXPECT_EQ(outcome(store_->tickets().put_tickets(sample_tickets(set, 2, later), 0)), "conflict");
  set = current(set);
  set.members = {"another"};
  ASSERT_TRUE(store_->credentials().update_set(set, note("access")));
  EXPECT_THAT(store_->tickets().tickets_due(clock_.now(), 10).value(), ElementsAre(set.id));
  SetTickets stale = sample_tickets(set, 2, later);
  stale.members = {"who was there before"};
  EXPECT_EQ(outcome(store_->tickets().put_tickets(stale, 1)), "conflict");
  EXPECT_EQ(outcome(store_->tickets().put_tickets(sample_tickets(set, 2, later), 1)), "done");
}

TEST_P(StoreContract, TicketsGoWithTheirSet) {
  const CredentialSet set = add_set("www");
  activate(set, 1);
  ASSERT_TRUE(store_->tickets().put_tickets(sample_tickets(set, 1, clock_.now()), 0));
  ASSERT_TRUE(store_->credentials().delete_set(set.id, note("delete")));
  EXPECT_FALSE(store_->tickets().find_tickets(set.id).value());
  EXPECT_THAT(store_->tickets().tickets_due(clock_.now(), 10).value(), IsEmpty());
}

}  // namespace
}  // namespace certstead
