// Secrets of session tickets, from the manager to the views.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manager/set_changes.h"
#include "manager/ticket_rotation.h"
#include "support/test_manager.h"

namespace certstead {
namespace {

using std::chrono::hours;

class TicketSecrets : public testing::Test {
 protected:
  TicketSecrets() { set_id_ = manager_.issue({"www.lab.test"}).set.id; }
  // What the scheduler does, and then the member.
  void rotate() {
    ASSERT_TRUE(TicketRotation(*manager_.context, [] { return false; }).look());
    pull();
  }
  void pull() { ASSERT_TRUE(manager_.member->pull_once(Deadline::after(hours(0)))); }
  // The secrets in the view, opened; empty if there are none.
  std::vector<std::string> secrets() {
    const auto record = manager_.view().ticket(set_id_).value();
    std::vector<std::string> out;
    if (!record) return out;
    generation_ = record->generation;
    const ViewKey key = ViewKey::load(manager_.dir.path() / "view").value();
    for (std::size_t i = 0; i < record->sealed.size(); ++i) {
      const auto secret =
          key.open(set_id_, record->generation - 1 + static_cast<std::int64_t>(i), record->sealed[i]);
      EXPECT_TRUE(secret);
      if (secret) out.emplace_back(view_text(secret->reveal()));
    }
    return out;
  }

  TestManager manager_;
  std::string set_id_;
  std::int64_t generation_ = 0;
};

TEST_F(TicketSecrets, AreMadeWithTheFirstCertificateAndRotateEveryTwelveHours) {
  EXPECT_TRUE(secrets().empty());
  rotate();
  const auto first = secrets();
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(std::set<std::string>(first.begin(), first.end()).size(), 3U);
  EXPECT_EQ(first[0].size(), 32U);
  manager_.clock.advance(hours(11));
  rotate();
  EXPECT_EQ(secrets(), first);
  manager_.clock.advance(hours(1));
  rotate();
  const auto second = secrets();
  ASSERT_EQ(second.size(), 3U);
  EXPECT_EQ(second[0], first[1]);
  EXPECT_EQ(second[1], first[2]);
  EXPECT_THAT(first, testing::Not(testing::Contains(second[2])));
}

TEST_F(TicketSecrets, AreAllNewWhenTheMembersOfTheSetChange) {
  rotate();
  const auto first = secrets();
  const std::int64_t before = generation_;
  const Identity other =
      make_identity(*manager_.fleet_ca, {Role::kMember, "other"}, manager_.clock.now()).value();
  MemberRecord record = manager_.store->members().list_members().value().front();
  record.id = record.name = "other";
  record.sealing_certificate = other.sealing.certificate.der();
  ASSERT_TRUE(manager_.store->members().put_member(record, {"test", "member.add", "other", ""}));
  ASSERT_TRUE(change_set(*manager_.context, set_id_,
                         [](CredentialSet& set) { set.members.push_back("other"); },
                         {"test", "set.access", "www", ""}));
  rotate();
  const auto second = secrets();
  ASSERT_EQ(second.size(), 3U);
  for (const std::string& secret : second) EXPECT_THAT(first, testing::Not(testing::Contains(secret)));
  EXPECT_GT(generation_, before + 2) << "a number of before could stand for another secret";
  EXPECT_EQ(manager_.store->tickets().find_tickets(set_id_).value()->secrets[0].grants.size(), 3U)
      << "the store key and two members";
}

TEST_F(TicketSecrets, AreNotGrantedToPeopleWithTheExportPassword) {
  rotate();
  const auto tickets = manager_.store->tickets().find_tickets(set_id_).value();
  for (const TicketSecret& one : tickets->secrets) {
    for (const Grant& grant : one.grants) EXPECT_NE(grant.recipient, kExportRecipient);
  }
}

TEST_F(TicketSecrets, LeaveTheViewWithTheSet) {
  rotate();
  ASSERT_EQ(secrets().size(), 3U);
  ASSERT_TRUE(manager_.requests->remove("www.lab.test", manager_.actor));
  pull();
  EXPECT_TRUE(secrets().empty());
}

TEST_F(TicketSecrets, OneThatStandsInAnothersPlaceIsNotBelieved) {
  rotate();
  const auto before = secrets();
  SetTickets mixed = *manager_.store->tickets().find_tickets(set_id_).value();
  std::swap(mixed.secrets[0], mixed.secrets[2]);
  ASSERT_TRUE(manager_.store->tickets().put_tickets(mixed, mixed.generation));
  pull();
  EXPECT_EQ(secrets(), before);
  EXPECT_GE(manager_.log.count("member.refused-tickets"), 1U);
}

}  // namespace
}  // namespace certstead
