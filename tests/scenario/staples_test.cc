// OCSP responses on their way into the views.
#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "member/staple_keeper.h"
#include "support/test_manager.h"

namespace certstead {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class FakeResponder final : public StapleSource {
 public:
  explicit FakeResponder(const Clock& clock) : clock_(clock) {}
  Result<std::optional<Staple>> fetch_staple(const std::vector<Bytes>& chain, Instant, Deadline) override {
    ++asked;
    EXPECT_GE(chain.size(), 1U);
    if (broken) return unavailable("the responder is away");
    if (none) return std::optional<Staple>();
    return std::optional<Staple>(
        Staple{to_bytes("response " + std::to_string(asked)), clock_.now(), clock_.now() + hours(8)});
  }
  int asked = 0;
  bool broken = false, none = false;

 private:
  const Clock& clock_;
};

class Staples : public testing::Test {
 protected:
  Staples() {
    manager_.issue({"www.lab.test"});
    pull();
  }
  // The member's own thread may not have come to it yet.
  void pull() { EXPECT_TRUE(manager_.member->pull_once(Deadline::after(hours(0)))); }
  void round() {
    ASSERT_TRUE(keeper_.round([] { return false; }));
  }
  // The response in the view for what is served now; "" if there is none.
  std::string staple() {
    const Bytes leaf = manager_.show("www.lab.test").versions.front().chain.front();
    const auto record = manager_.view().staple(sha256(leaf)).value();
    return record ? to_text(record->response) : "";
  }

  TestManager manager_;
  FakeResponder responder_{manager_.clock};
  StapleKeeper keeper_{manager_.member->views(), responder_, manager_.clock, manager_.log};
};

TEST_F(Staples, AreFetchedOnceAndAgainAtHalfOfTheirLife) {
  EXPECT_EQ(staple(), "");
  round();
  EXPECT_EQ(staple(), "response 1");
  manager_.clock.advance(hours(4) - minutes(1));
  round();
  EXPECT_EQ(responder_.asked, 1);
  manager_.clock.advance(minutes(1));
  round();
  EXPECT_EQ(staple(), "response 2");
}

TEST_F(Staples, OldOneStaysWhileTheResponderIsAwayWhichIsAskedOnceAnHour) {
  round();
  manager_.clock.advance(hours(5));
  responder_.broken = true;
  round();
  round();
  EXPECT_EQ(responder_.asked, 2);
  EXPECT_EQ(staple(), "response 1");
  EXPECT_EQ(manager_.log.count("member.staple"), 1U);
  manager_.clock.advance(hours(1));
  responder_.broken = false;
  round();
  EXPECT_EQ(staple(), "response 3");
}

TEST_F(Staples, CertificateWithoutAResponderIsAskedForOnce) {
  responder_.none = true;
  round();
  manager_.clock.advance(hours(100));
  round();
  EXPECT_EQ(responder_.asked, 1);
  EXPECT_EQ(staple(), "");
}

TEST_F(Staples, ThoseOfReplacedCertificatesGo) {
  round();
  const Bytes old = sha256(manager_.show("www.lab.test").versions.front().chain.front());
  ASSERT_TRUE(manager_.requests->renew("www.lab.test", true, manager_.actor));
  manager_.run_due();
  pull();
  round();
  EXPECT_EQ(staple(), "response 2");
  EXPECT_FALSE(manager_.view().staple(old).value());
}

}  // namespace
}  // namespace certstead
