// The scheduler with its own threads: what happens without anybody asking.
#include <gtest/gtest.h>

#include <thread>

#include "manager/scheduler.h"
#include "support/test_manager.h"

namespace certstead {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

SchedulerOptions quick() {
  SchedulerOptions options;
  options.workers = 2;
  options.poll = std::chrono::milliseconds{10};
  return options;
}

// Waits until `true_now` or ten seconds have passed.
bool eventually(const std::function<bool()>& true_now) {
  for (const Deadline deadline = Deadline::after(std::chrono::seconds{20}); !deadline.passed();) {
    if (true_now()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return false;
}

TEST(Scheduler, RenewsByItselfWhenTheTimeHasCome) {
  TestManager m;
  m.issue({"www.lab.test"});
  Scheduler scheduler(*m.context, quick());
  ASSERT_TRUE(scheduler.start());
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
  EXPECT_EQ(m.show("www.lab.test").versions.size(), 1U);  // not before
  m.clock.advance(days{82});
  EXPECT_TRUE(eventually([&] { return m.show("www.lab.test").versions.size() == 2; }));
  scheduler.stop();
}

TEST(Scheduler, AClockThatJumpsAYearRenewsNothingForTenMinutes) {
  TestManager m;
  m.issue({"www.lab.test"});
  Scheduler scheduler(*m.context, quick());
  ASSERT_TRUE(scheduler.start());
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
  m.clock.step(days{365});
  EXPECT_TRUE(eventually([&] { return m.log.count("clock.jumped") == 1; }));
  std::this_thread::sleep_for(std::chrono::milliseconds{200});
  EXPECT_EQ(m.ca.orders(), 1);
  m.clock.step(-days{365});  // NTP puts it right
  m.clock.advance(minutes{11});
  std::this_thread::sleep_for(std::chrono::milliseconds{200});
  EXPECT_EQ(m.ca.orders(), 1);
  scheduler.stop();
}

TEST(Scheduler, AsksForRenewalInformationAndActsOnIt) {
  TestManager m;
  m.ca.offer_renewal_info(m.clock.now() + days{5}, m.clock.now() + days{6});
  m.issue({"www.lab.test"});
  Scheduler scheduler(*m.context, quick());
  ASSERT_TRUE(scheduler.start());
  EXPECT_TRUE(eventually([&] { return m.show("www.lab.test").set.renew_why.starts_with("ari"); }));
  // A mass revocation: the window is suddenly in the past. The next question acts on it.
  m.ca.offer_renewal_info(m.clock.now() - days{2}, m.clock.now() - days{1});
  m.clock.advance(hours{7});
  EXPECT_TRUE(eventually([&] { return m.show("www.lab.test").versions.size() == 2; }));
  scheduler.stop();
}

TEST(Scheduler, OrphanedChallengesAreWithdrawnAtTheStart) {
  TestManager m;
  ASSERT_TRUE(m.store->challenges().publish_challenge(
      {"orphan", "orphan.x", "no-such-order", "a.test", m.clock.now()}));
  Scheduler scheduler(*m.context, quick());
  ASSERT_TRUE(scheduler.start());
  EXPECT_TRUE(m.store->challenges().list_challenges()->empty());
  scheduler.stop();
}

}  // namespace
}  // namespace certstead
