// How far members say they have come, and what health says of those that stay behind.
#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "vault/manifest.h"
#include "vault/member_vault.h"
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

// Two sets, and a tag of one that some place on the way can't hold.
struct BadRecordScene : Scene {
  BadRecordScene() {
    trust(manager.ca.root());
    bad = manager.issue({"bad.example.test"}).versions.front().id;
    manager.issue({"good.example.test"});
  }
  void tag(const std::string& tag) {
    CredentialSet set = manager.show("bad.example.test").set;
    set.tags = {tag};
    ASSERT_TRUE(manager.store->credentials().update_set(set, {"test", "set.update", set.name, ""}));
  }
  void renew(const std::string& name) {
    ASSERT_TRUE(manager.requests->renew(name, true, manager.actor));
    manager.run_due();
    apply();
  }
  void apply() {
    const auto changes = manager.store->feed().changes_after(0, 100).value();
    ASSERT_TRUE(manager.member->wait_applied(changes.back().seq, Deadline::after(minutes{1})));
  }
  std::string in_view(const std::string& name) {
    const auto found = manager.view().find(DomainName::parse(name).value()).value();
    return found.credentials.empty() ? "" : found.credentials.front().id;
  }
  std::string active(const std::string& name) { return manager.show(name).versions.front().id; }
  std::string bad;
};

TEST(Members, OneBadRecordKeepsItsOldVersionAndNoneOfTheOthers) {
  BadRecordScene scene;
  scene.add_mail();
  scene.tag(std::string(300, 'x'));  // more than a key of a view holds
  scene.renew("bad.example.test");
  scene.renew("good.example.test");
  EXPECT_EQ(scene.in_view("good.example.test"), scene.active("good.example.test"));
  EXPECT_EQ(scene.in_view("bad.example.test"), scene.bad);
  EXPECT_NE(scene.active("bad.example.test"), scene.bad);
  EXPECT_THAT(scene.ids(), ElementsAre("view-refused"));
  EXPECT_EQ(scene.desk->view("").value().overall, Health::kRed);
  EXPECT_THAT(scene.desk->view("bad.example.test")->findings.front().finding.detail,
              AllOf(HasSubstr("the view gateway of member local"), HasSubstr("'xxxx"), HasSubstr("renew")));
  EXPECT_THAT(scene.round(), ElementsAre("new view-refused bad.example.test"));
  // It is remembered, and said once however often it comes.
  const std::size_t said = scene.manager.log.count("member.refused");
  scene.restart();
  EXPECT_THAT(scene.ids(), ElementsAre("view-refused"));
  scene.manager.member->stop();
  const auto full = scene.manager.feed->pull("local", 0, 0, Deadline::after(Duration{0})).value();
  IdentityCache trusted(scene.manager.fleet_ca->root());
  const auto manifest =
      verify_manifest(full, trusted, "local", scene.manager.store_id, scene.manager.clock.now()).value();
  MemberVault vault(*scene.manager.member_identity, scene.manager.store_id);
  ASSERT_TRUE(scene.manager.member->views().front()->apply(manifest, vault, scene.manager.log));
  EXPECT_EQ(scene.manager.log.count("member.refused"), said);
  EXPECT_EQ(scene.in_view("bad.example.test"), scene.bad);
  scene.restart();
  scene.tag("fits");
  scene.apply();
  EXPECT_THAT(scene.ids(), IsEmpty());
  EXPECT_EQ(scene.in_view("bad.example.test"), scene.active("bad.example.test"));
  EXPECT_THAT(scene.round(), ElementsAre("over view-refused bad.example.test"));
}

TEST(Members, ARecordThatNoManifestHoldsKeepsNobodyFromTheOthers) {
  BadRecordScene scene;
  scene.tag(std::string(5000, 'x'));
  scene.renew("bad.example.test");
  scene.renew("good.example.test");
  EXPECT_EQ(scene.in_view("good.example.test"), scene.active("good.example.test"));
  EXPECT_EQ(scene.in_view("bad.example.test"), scene.bad);
  EXPECT_THAT(scene.desk->view("bad.example.test")->findings.front().finding.detail,
              HasSubstr("could not hand it out"));
}

TEST(Members, WhatTheirViewsHoldIsWhatIsDeployed) {
  MemberScene scene;
  const auto reach = [&] { return scene.manager.requests->status("", 10)->front().reach.deployed; };
  EXPECT_EQ(reach(), Reach::kYes);
  const SetView view = scene.manager.show("www.example.test");
  ASSERT_EQ(view.views.size(), 1U);
  EXPECT_EQ(view.views.front().member, "local");
  EXPECT_EQ(view.views.front().view, "gateway");
  EXPECT_EQ(view.views.front().versions, std::vector<std::string>{view.versions.front().id});
  // Another version becomes active, and the member does not come.
  CredentialVersion next = view.versions.front();
  next.id = "next", next.version += 1;
  ASSERT_TRUE(scene.manager.store->versions().activate(view.set, {next}, "", 0,
                                                       {"test", "version.activate", view.set.name, ""}));
  EXPECT_EQ(reach(), Reach::kNo);
  EXPECT_THAT(scene.ids("www.example.test"), IsEmpty());  // it has ten minutes
  scene.manager.clock.advance(minutes{11});
  EXPECT_THAT(scene.ids("www.example.test"), ElementsAre("view-outdated"));
}

}  // namespace
}  // namespace certstead
