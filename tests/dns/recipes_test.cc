// One contract for every recipe that is built in, against the fake zone of its provider.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "dns/embedded_recipes.h"
#include "dns/fake_zone.h"

namespace certstead {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

constexpr const char* kFirst = "LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo";
constexpr const char* kSecond = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
constexpr const char* kForeign = "foreign-value-that-must-stay";

Deadline soon() { return Deadline::after(std::chrono::seconds{60}); }

struct Notes {
  std::mutex mutex;
  std::string text;
  DnsTrace trace() {
    return [this](const DnsTraceLine& line) {
      const std::lock_guard lock(mutex);
      text += line.step + " " + line.text + "\n";
    };
  }
};

class Recipe : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!have_program("python3")) GTEST_SKIP() << "the program python3 is not there";
    zone_.emplace(GetParam());
    ASSERT_FALSE(HasFailure());
  }
  void add(DnsProvider& provider, const std::string& value, std::string& kept) {
    auto added = provider.add(challenge(value), soon());
    ASSERT_TRUE(added) << added.error().detail << "\n" << notes_.text;
    kept = *added;
  }
  void remove(DnsProvider& provider, const std::string& value, const std::string& kept) {
    const Status removed = provider.remove(challenge(value), kept, soon());
    ASSERT_TRUE(removed) << removed.error().detail << "\n" << notes_.text;
  }
  std::optional<FakeZone> zone_;
  Notes notes_;
};

TEST_P(Recipe, WritesBesideForeignValuesAndTakesExactlyItsOwnAway) {
  const FakeZone::Rows start = zone_->records();
  auto provider = zone_->open(true, notes_.trace());
  ASSERT_TRUE(provider) << provider.error().detail;
  std::string first, second, again;
  add(**provider, kFirst, first);
  EXPECT_THAT(zone_->values(), Contains(kFirst)) << notes_.text;
  if (zone_->limit() == 1) {
    remove(**provider, kFirst, first);
    EXPECT_THAT(zone_->values(), Not(Contains(kFirst)));
    return;
  }
  add(**provider, kSecond, second);
  EXPECT_THAT(zone_->values(), IsSupersetOf({kFirst, kSecond})) << notes_.text;
  if (zone_->limit() == 0) {
    EXPECT_THAT(zone_->values(), Contains(kForeign));
  }
  add(**provider, kFirst, again);
  if (zone_->stays()) return;
  remove(**provider, kFirst, first);
  EXPECT_EQ(zone_->values(), (std::vector<std::string>{kSecond, kForeign})) << notes_.text;
  // As after a crash, when what `add` returned is lost.
  remove(**provider, kSecond, "");
  EXPECT_EQ(zone_->values(), (std::vector<std::string>{kForeign})) << notes_.text;
  EXPECT_EQ(zone_->records(), start) << notes_.text;
  remove(**provider, kFirst, first);
  remove(**provider, kSecond, second);
  EXPECT_EQ(zone_->records(), start);
  for (const std::string& secret : zone_->right_secrets()) {
    EXPECT_THAT(notes_.text, Not(HasSubstr(secret)));
    EXPECT_THAT(first + second, Not(HasSubstr(secret)));
  }
}

TEST_P(Recipe, SaysWhyCredentialsAreRefusedAndNothingSecret) {
  if (zone_->denied().empty()) GTEST_SKIP() << "this API has no credentials";
  const FakeZone::Rows start = zone_->records();
  auto provider = zone_->open(false, notes_.trace());
  ASSERT_TRUE(provider) << provider.error().detail;
  const auto added = (*provider)->add(challenge(kFirst), soon());
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::kDenied) << added.error().detail;
  EXPECT_THAT(added.error().detail, HasSubstr(zone_->denied()));
  for (const std::string& secret : zone_->wrong_secrets()) {
    EXPECT_THAT(added.error().detail, Not(HasSubstr(secret)));
    EXPECT_THAT(notes_.text, Not(HasSubstr(secret)));
  }
  EXPECT_EQ(zone_->records(), start);
}

TEST_P(Recipe, TellsFailuresOfTheProviderApart) {
  auto provider = zone_->open(true, notes_.trace());
  ASSERT_TRUE(provider) << provider.error().detail;
  const struct {
    std::string how;
    Code code;
    Duration patience;
  } kCases[] = {{"500", Code::kUnavailable, std::chrono::seconds{60}},
                {"429", Code::kLimited, std::chrono::seconds{60}},
                {"limited", Code::kLimited, std::chrono::seconds{60}},
                {"text", Code::kUnavailable, std::chrono::seconds{60}},
                {"silence", Code::kUnavailable, std::chrono::milliseconds{300}}};
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.how);
    zone_->fail(one.how);
    const auto added = (*provider)->add(challenge(kFirst), Deadline::after(one.patience));
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, one.code) << added.error().detail;
    EXPECT_THAT(added.error().detail, HasSubstr(": ")) << "the step";
    if (one.how == "429") {
      EXPECT_EQ(added.error().retry_after, std::chrono::seconds{77});
    }
  }
  zone_->fail("ok");
  EXPECT_TRUE((*provider)->add(challenge(kFirst), soon()));
}

// Where an API replaces all values at once, many orders; else a few, since each has its own record.
std::size_t orders_at(const std::string& code) {
  for (const EmbeddedRecipe& embedded : embedded_recipes()) {
    if (embedded.code != code) continue;
    const auto recipe = parse_recipe(embedded.text);
    return recipe->set || recipe->lock == "zone" ? 20 : 5;
  }
  return 0;
}

void at_once(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

TEST_P(Recipe, LosesNothingWhenManyOrdersWriteOneName) {
  if (zone_->limit() > 0) GTEST_SKIP() << "this API holds so many values only: " << zone_->limit();
  auto provider = zone_->open(true);
  ASSERT_TRUE(provider) << provider.error().detail;
  std::vector<std::string> kept(orders_at(GetParam())), values;
  for (std::size_t i = 0; i < kept.size(); ++i)
    values.push_back("order-" + std::to_string(i) + std::string(30, 'x'));
  at_once(kept.size(), [&](std::size_t i) {
    auto added = (*provider)->add(challenge(values[i]), soon());
    EXPECT_TRUE(added) << added.error().detail;
    if (added) kept[i] = *added;
  });
  std::vector<std::string> expected = values;
  expected.push_back(kForeign);
  EXPECT_THAT(zone_->values(), testing::UnorderedElementsAreArray(expected));
  if (zone_->stays()) return;
  at_once(kept.size(), [&](std::size_t i) {
    const Status removed = (*provider)->remove(challenge(values[i]), kept[i], soon());
    EXPECT_TRUE(removed) << removed.error().detail;
  });
  EXPECT_EQ(zone_->values(), std::vector<std::string>{kForeign});
}

TEST(Answers, OneOfAGigabyteIsGivenUp) {
  if (!have_program("python3")) GTEST_SKIP() << "the program python3 is not there";
  FakeZone zone("digitalocean");
  zone.fail("huge");
  auto provider = zone.open(true);
  ASSERT_TRUE(provider);
  const auto added = (*provider)->add(challenge(kFirst), soon());
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::kUnavailable) << added.error().detail;
  EXPECT_THAT(added.error().detail, HasSubstr("query: GET https://api.digitalocean.com/"));
}

std::vector<std::string> codes() {
  std::vector<std::string> out;
  for (const EmbeddedRecipe& recipe : embedded_recipes()) out.emplace_back(recipe.code);
  return out;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string out = info.param;
  std::ranges::replace(out, '-', '_');
  return out;
}

INSTANTIATE_TEST_SUITE_P(Dns, Recipe, testing::ValuesIn(codes()), test_name);

}  // namespace
}  // namespace certstead
