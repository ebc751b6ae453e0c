#include "manager/clock_watch.h"

#include <gtest/gtest.h>

#include "base/fake_clock.h"
#include "manager/patience.h"

namespace certstead {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

TEST(ClockWatch, AJumpForwardHoldsRenewalsForTenMinutesOfRealTime) {
  FakeClock clock;
  ClockWatch watch(clock);
  clock.step(days{365});
  EXPECT_TRUE(watch.look());
  EXPECT_TRUE(watch.holds_renewals());
  EXPECT_FALSE(watch.look());  // said once
  clock.advance(minutes{9});
  EXPECT_TRUE(watch.holds_renewals());
  clock.advance(minutes{1});
  EXPECT_FALSE(watch.holds_renewals());
}

TEST(ClockWatch, TimeThatReallyPassedIsNoJump) {
  FakeClock clock;
  ClockWatch watch(clock);
  clock.advance(days{30});  // a suspended machine counts this on both clocks
  EXPECT_FALSE(watch.look());
  EXPECT_FALSE(watch.holds_renewals());
}

TEST(ClockWatch, AJumpBackAndALeapSecondHoldNothing) {
  FakeClock clock;
  ClockWatch watch(clock);
  clock.step(-days{1});
  EXPECT_FALSE(watch.look());
  clock.step(std::chrono::seconds{1});
  EXPECT_FALSE(watch.look());
  EXPECT_FALSE(watch.holds_renewals());
}

TEST(Patience, AsksAgainForNoncesOnlyAndNotForEver) {
  int calls = 0;
  const auto refused = [&]() -> Status {
    ++calls;
    return unavailable("nonces", std::string(kBadNonce));
  };
  EXPECT_FALSE(patiently(refused));
  EXPECT_EQ(calls, kNonceRounds);
  calls = 0;
  const auto down = [&]() -> Status {
    ++calls;
    return unavailable("no answer");
  };
  EXPECT_FALSE(patiently(down));
  EXPECT_EQ(calls, 1);
  calls = 0;
  const auto third_time = [&]() -> Status {
    if (++calls < 3) return unavailable("nonces", std::string(kBadNonce));
    return Done{};
  };
  EXPECT_TRUE(patiently(third_time));
}

}  // namespace
}  // namespace certstead
