// What is told and when: each state once, again after a time, and its end.
#include <gmock/gmock.h>

#include "model/due_notices.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Instant kStart = from_unix_seconds(1'800'000'000);

Finding finding(const std::string& id, Health severity, const std::string& detail = "it is so") {
  return {severity, id, "www", detail};
}

// Plays the watch: one subject, over time.
struct Story {
  NotifySettings settings;
  std::vector<Told> told;
  std::vector<std::string> at(Duration later, const std::vector<Finding>& findings) {
    DueNotices due = due_notices(kStart + later, findings, told, settings);
    told = due.told;
    std::vector<std::string> out;
    for (const Notice& notice : due.notices) out.push_back(notice.event + " " + notice.id);
    return out;
  }
};

TEST(DueNotices, TellsEachStateOnceThenAgainAfterADayThenItsEnd) {
  Story story;
  const std::vector<Finding> bad = {finding("expires-soon", Health::kRed)};
  EXPECT_THAT(story.at(Duration{0}, bad), ElementsAre("new expires-soon"));
  EXPECT_THAT(story.at(std::chrono::hours(23), bad), IsEmpty());
  EXPECT_THAT(story.at(std::chrono::hours(24), bad), ElementsAre("again expires-soon"));
  EXPECT_THAT(story.at(std::chrono::hours(30), bad), IsEmpty());
  EXPECT_THAT(story.at(std::chrono::hours(31), {}), ElementsAre("over expires-soon"));
  EXPECT_THAT(story.at(std::chrono::hours(32), {}), IsEmpty());
  EXPECT_THAT(story.at(std::chrono::hours(33), bad), ElementsAre("new expires-soon"));
}

TEST(DueNotices, YellowIsRepeatedFourTimesAsRarelyAndRedAtOnceWhenItGetsWorse) {
  Story story;
  EXPECT_THAT(story.at(Duration{0}, {finding("renewal-failing", Health::kYellow)}),
              ElementsAre("new renewal-failing"));
  EXPECT_THAT(story.at(std::chrono::hours(95), {finding("renewal-failing", Health::kYellow)}), IsEmpty());
  EXPECT_THAT(story.at(std::chrono::hours(95), {finding("renewal-failing", Health::kRed)}),
              ElementsAre("new renewal-failing"));
  EXPECT_THAT(story.at(std::chrono::hours(96), {finding("renewal-failing", Health::kYellow)}), IsEmpty());
}

TEST(DueNotices, AChangedSentenceIsNoNewState) {
  Story story;
  story.at(Duration{0}, {finding("expires-soon", Health::kRed, "expires in 20 h")});
  EXPECT_THAT(story.at(std::chrono::hours(1), {finding("expires-soon", Health::kRed, "expires in 19 h")}),
              IsEmpty());
  EXPECT_EQ(story.told.front().detail, "expires in 19 h");
}

TEST(DueNotices, TwoCertificatesWithOneTroubleAreOneNotice) {
  const DueNotices due = due_notices(
      kStart, {finding("expired", Health::kRed, "p256"), finding("expired", Health::kRed, "rsa")}, {}, {});
  ASSERT_EQ(due.notices.size(), 1U);
  EXPECT_EQ(due.notices[0].detail, "p256; rsa");
}

TEST(SendAt, ADigestWaitsForItsHour) {
  NotifySettings settings;
  const Instant noon = parse_rfc3339("2027-01-15T12:00:00Z").value();
  EXPECT_EQ(send_at(noon, settings), noon);
  settings.digest = true;
  EXPECT_EQ(to_rfc3339(send_at(noon, settings)), "2027-01-16T08:00:00Z");
  EXPECT_EQ(to_rfc3339(send_at(noon - std::chrono::hours(5), settings)), "2027-01-15T08:00:00Z");
}

TEST(DeliveryPause, DoublesUpToAnHour) {
  EXPECT_EQ(delivery_pause(1), std::chrono::minutes(1));
  EXPECT_EQ(delivery_pause(2), std::chrono::minutes(2));
  EXPECT_EQ(delivery_pause(5), std::chrono::minutes(16));
  EXPECT_EQ(delivery_pause(7), std::chrono::hours(1));
  EXPECT_EQ(delivery_pause(1000), std::chrono::hours(1));
}

}  // namespace
}  // namespace certstead
