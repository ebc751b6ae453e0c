// How far members say they have come, and what health says of those that stay behind.
#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "watch_scene.h"

namespace certstead {
namespace {

using std::chrono::minutes;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// The local member's thread is stopped: the test asks in its place.
struct MemberScene : Scene {
  MemberScene() {
    trust(manager.ca.root());
    manager.issue({"www.example.test"});
    manager.member->stop();
  }
  StoreIdentity store() const { return manager.store->settings().identity().value(); }
  MemberRecord record() const { return manager.store->members().find_member("local").value(); }
  void pull(std::int64_t since) {
    const auto pulled = manager.feed->pull("local", store().epoch, since, Deadline::after(Duration{0}));
    ASSERT_TRUE(pulled) << pulled.error().detail;
  }
};

TEST(Members, WhatTheirViewsHaveIsTakenFromWhereTheyAskOn) {
  MemberScene scene;
  scene.pull(scene.store().seq);
  EXPECT_EQ(scene.record().applied_seq, scene.store().seq);
  EXPECT_EQ(scene.record().last_seen, scene.manager.clock.now());
  scene.pull(0);  // its views are lost
  scene.manager.clock.advance(std::chrono::seconds{2});
  scene.pull(0);
  EXPECT_EQ(scene.record().applied_seq, 0);
  scene.restart();  // the report outlives the manager, and a member that runs reports by itself
  for (const Deadline limit = Deadline::after(minutes{1}); !limit.passed();) {
    if (scene.record().applied_seq == scene.store().seq) break;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  EXPECT_EQ(scene.record().applied_seq, scene.store().seq);
}

TEST(Members, OneThatHasEverythingIsNotedOnceAMinute) {
  MemberScene scene;
  const std::int64_t head = scene.store().seq;
  scene.pull(head);
  const Instant first = scene.manager.clock.now();
  scene.manager.clock.advance(std::chrono::seconds{59});
  scene.pull(head);
  EXPECT_EQ(scene.record().last_seen, first);
  scene.manager.clock.advance(std::chrono::seconds{1});
  scene.pull(head);
  EXPECT_EQ(scene.record().last_seen, first + minutes{1});
}

TEST(Members, OneThatAsksAgainForTheSameLagsAndIsYellowAndThenRedUntilItHasTheRest) {
  MemberScene scene;
  scene.add_mail();
  const std::int64_t before = scene.store().seq;
  scene.pull(before);
  ASSERT_TRUE(scene.manager.requests->remove("www.example.test", scene.manager.actor));
  const auto later = [&](Duration span) {
    scene.manager.clock.advance(span);
    scene.pull(before);
    return scene.desk->view("").value();
  };
  EXPECT_THAT(later(minutes{10}).findings, IsEmpty());
  const HealthView yellow = later(minutes{1});
  ASSERT_EQ(yellow.findings.size(), 1U);
  EXPECT_EQ(yellow.overall, Health::kYellow);
  EXPECT_EQ(yellow.findings.front().finding.id, "member-lags");
  EXPECT_THAT(yellow.findings.front().finding.detail,
              AllOf(HasSubstr("member local"), HasSubstr("change behind for 11 min"), HasSubstr("look for")));
  EXPECT_THAT(scene.round(), ElementsAre("new member-lags member local"));
  const HealthView red = later(minutes{60});
  const auto lags = std::ranges::find_if(
      red.findings, [](const GroupedFinding& one) { return one.finding.id == "member-lags"; });
  ASSERT_NE(lags, red.findings.end());
  EXPECT_EQ(lags->finding.severity, Health::kRed);
  scene.pull(scene.store().seq);
  EXPECT_THAT(scene.ids(), Not(Contains("member-lags")));
}

TEST(Members, NobodyIsLateForTheTimeInWhichTheManagerWasDown) {
  MemberScene scene;
  scene.pull(scene.store().seq);
  ASSERT_TRUE(scene.manager.requests->remove("www.example.test", scene.manager.actor));
  scene.manager.clock.advance(std::chrono::days{1});
  EXPECT_THAT(scene.ids(), ElementsAre("member-lags"));
  scene.health->since = scene.manager.clock.now();
  scene.desk.emplace(*scene.health);
  EXPECT_THAT(scene.ids(), IsEmpty());
}

TEST(Members, OneThatNeverAppliedAnythingIsNamedWithoutANumber) {
  MemberScene scene;
  MemberRecord other = scene.record();
  other.id = "m2", other.name = "two.example.test", other.applied_seq = 0, other.last_seen.reset();
  other.created = scene.manager.clock.now();
  ASSERT_TRUE(scene.manager.store->members().put_member(other, {"test", "member.add", "m2", ""}));
  scene.pull(scene.store().seq);
  scene.manager.clock.advance(minutes{11});
  const HealthView view = scene.desk->view("").value();
  ASSERT_EQ(view.findings.size(), 1U);
  EXPECT_THAT(view.findings.front().finding.detail,
              HasSubstr("member m2 (two.example.test) has never applied anything for 11 min"));
}

}  // namespace
}  // namespace certstead
