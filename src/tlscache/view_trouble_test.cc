// A view that is absent, damaged or half there is a state: what was loaded before goes on.
#include <gtest/gtest.h>

#include "base/fake_clock.h"
#include "base/file.h"
#include "crypto/digest.h"
#include "replica/environment.h"
#include "replica/keys.h"
#include "tlscache/test_fleet.h"

namespace certstead {
namespace {

constexpr const char* kName = "www.example.test";

class EventList final : public LogSink {
 public:
  void event(Level, std::string_view name, const std::vector<Field>& fields) override {
    text += std::string(name) + "\n";
    for (const Field& field : fields) details += field.name + ": " + field.value + "\n";
  }
  std::string text, details;
};

// Writes over one record, as damage would.
void damage(const TestFleet& fleet, const std::string& key, std::string_view with = "\x01 damaged") {
  std::shared_ptr<Environment> environment;
  {
    const Environment::Hold held = Environment::hold();
    environment = must(Environment::open(fleet.dir.path() / kViewFile, {}, held));
  }
  WriteTransaction txn = must(environment->begin_write());
  must_succeed(txn.put(view_bytes(key), to_bytes(with)));
  must_succeed(txn.commit());
}

class Troubled : public testing::Test {
 protected:
  Shaken shake(const std::string& name = kName) {
    return shake_hands(client_.get(), server_.get(), {.server_name = name});
  }
  EventList events_;
  FakeClock clock_{std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())};
  TestFleet fleet_{{.log = &events_, .clock = &clock_}};
  std::string ecdsa_ = fleet_.put_both("www", 1, {kName, "*.wild.example.test"}).first;
  ContextHandle server_ = fleet_.serve(), client_ = fleet_.client();
};

TEST_F(Troubled, NamesThatWereLoadedAreServedWhileTheirRecordIsDamaged) {
  ASSERT_TRUE(shake().ok);
  damage(fleet_, key_of(RecordKind::kName, kName));
  EXPECT_EQ(shake().leaf_fingerprint, ecdsa_);
  const TlsCacheStats stats = fleet_.cache->stats();
  EXPECT_TRUE(stats.view_failing);
  EXPECT_EQ(stats.view_failures, 1U);
  EXPECT_EQ(stats.failed, 0U);
  EXPECT_EQ(events_.text, "tlscache.view-failing\n");
}

TEST_F(Troubled, RecordsOfANewerLayoutAreAStateToo) {
  ASSERT_TRUE(shake().ok);
  damage(fleet_, key_of(RecordKind::kName, kName), "\x02 with more in it");
  EXPECT_EQ(shake().leaf_fingerprint, ecdsa_);
  EXPECT_EQ(fleet_.cache->stats().view_failures, 1U);
  EXPECT_NE(events_.details.find("has the layout 2"), std::string::npos) << events_.details;
}

TEST_F(Troubled, WildcardsThatWereLoadedAreServedToo) {
  ASSERT_TRUE(shake("a.wild.example.test").ok);
  damage(fleet_, key_of(RecordKind::kName, "*.wild.example.test"));
  EXPECT_TRUE(shake("b.wild.example.test").ok);
}

TEST_F(Troubled, WhatWasNeverLoadedFailsThatHandshakeAndIsReported) {
  damage(fleet_, key_of(RecordKind::kName, kName));
  EXPECT_EQ(shake().alert, SSL_AD_INTERNAL_ERROR);
  EXPECT_EQ(fleet_.cache->stats().failed, 1U);
  EXPECT_EQ(events_.text, "tlscache.view-failing\ntlscache.failed\n");
}

TEST_F(Troubled, TheStateEndsAfterAMinuteWithoutFailure) {
  ASSERT_TRUE(shake().ok);
  damage(fleet_, key_of(RecordKind::kName, kName));
  ASSERT_TRUE(shake().ok);
  ASSERT_TRUE(shake("a.wild.example.test").ok);
  EXPECT_TRUE(fleet_.cache->stats().view_failing);
  clock_.advance(std::chrono::minutes(1));
  ASSERT_TRUE(shake("a.wild.example.test").ok);
  EXPECT_FALSE(fleet_.cache->stats().view_failing);
  EXPECT_EQ(events_.text, "tlscache.view-failing\ntlscache.view-back\n");
}

TEST_F(Troubled, NewVersionThatDoesNotOpenLeavesTheLoadedOneServing) {
  ASSERT_TRUE(shake().ok);
  NewCredential broken = fleet_.make("www", KeyType::kP256, 2, {kName});
  broken.record.sealed_key.back() ^= 1;
  fleet_.put("www", {broken});
  EXPECT_EQ(shake().leaf_fingerprint, ecdsa_);
  EXPECT_EQ(fleet_.cache->stats().kept, 1U);
  EXPECT_EQ(fleet_.cache->stats().failed, 1U);
}

TEST_F(Troubled, DamagedCredentialLeavesTheLoadedOneServing) {
  ASSERT_TRUE(shake().ok);
  const NewCredential next = fleet_.make("www", KeyType::kP256, 2, {kName});
  fleet_.put("www", {next});
  damage(fleet_, key_of(RecordKind::kCredential, next.record.id));
  EXPECT_EQ(shake().leaf_fingerprint, ecdsa_);
}

TEST(AbsentView, IsTriedAgainEachSecondUntilItIsThere) {
  const TempDir dir;
  EventList events;
  FakeClock clock{std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())};
  const auto cache =
      must(TlsCache::open(dir.path(), {.log = &events, .clock = &clock, .may_be_absent = true}));
  const ContextHandle server = server_context();
  must_succeed(cache->attach(server.get()));
  const TestCa ca{clock.now() - std::chrono::hours(1)};
  const ContextHandle client = client_context({ca.root()});
  const auto shake = [&] { return shake_hands(client.get(), server.get(), {.server_name = kName}).ok; };
  EXPECT_FALSE(shake());
  const ViewKey key = must(ViewKey::load_or_create(dir.path()));
  // The writer comes first within a process, so that this one is another's: the reader must not have it open.
  const auto writer = must(ViewWriter::open(dir.path()));
  ViewBatch batch = must(writer->begin());
  must_succeed(batch.replace_set("www", {ca.make(key, "www", KeyType::kP256, 1, {kName}, {})}));
  must_succeed(batch.commit());
  EXPECT_FALSE(shake()) << "tried again at once";
  clock.advance(std::chrono::seconds(2));
  EXPECT_TRUE(shake());
  clock.advance(std::chrono::minutes(1));
  EXPECT_TRUE(shake());
  EXPECT_NE(events.text.find("tlscache.view-back"), std::string::npos) << events.text;
}

TEST(AbsentView, FileThatIsNoViewIsASentence) {
  const TempDir dir;
  { const ViewKey key = must(ViewKey::load_or_create(dir.path())); }
  must_succeed(write_file_atomic(dir.path() / kViewFile, to_bytes(std::string(8192, 'x')), 0600));
  EXPECT_EQ(TlsCache::open(dir.path()).error().id, "view-corrupt");
  EXPECT_TRUE(TlsCache::open(dir.path(), {.may_be_absent = true}));
}

TEST(Staples, AreServedWhileTheyCountAndNotAfter) {
  FakeClock clock{std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())};
  TestFleet fleet({.clock = &clock});
  const NewCredential credential = fleet.make("www", KeyType::kP256, 1, {kName});
  fleet.put("www", {credential});
  ViewBatch batch = must(fleet.writer->begin());
  must_succeed(batch.put_staple(sha256(credential.record.leaf),
                                {to_bytes("response"), clock.now(), clock.now() + std::chrono::hours(1)}));
  must_succeed(batch.commit());
  const ContextHandle server = fleet.serve(), client = fleet.client();
  const auto staple = [&](int version, bool asked) {
    SSL_CTX_set_tlsext_status_type(client.get(), asked ? TLSEXT_STATUSTYPE_ocsp : -1);
    const Shaken shaken = shake_hands(client.get(), server.get(), {.server_name = kName, .version = version});
    EXPECT_TRUE(shaken.ok);
    const unsigned char* bytes = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(shaken.client.get(), &bytes);
    return size < 0 ? std::string()
                    : std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  };
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_EQ(staple(version, true), "response");
    EXPECT_EQ(staple(version, false), "");
  }
  EXPECT_EQ(fleet.cache->stats().staples, 2U);
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(staple(TLS1_3_VERSION, true), "");
}

TEST(LookupLogByView, FollowsTheSettingWithinASecond) {
  FakeClock clock{std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())};
  int lines = 0;
  TestFleet fleet({.clock = &clock, .lookup_log = [&](std::string_view) { ++lines; }});
  fleet.put_both("www", 1, {kName});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  const auto lines_with = [&](const char* value) {
    ViewBatch batch = must(fleet.writer->begin());
    must_succeed(batch.set_policy("lookup-log", value));
    must_succeed(batch.commit());
    clock.advance(std::chrono::seconds(1));
    lines = 0;
    EXPECT_TRUE(shake_hands(client.get(), server.get(), {.server_name = kName}).ok);
    return lines;
  };
  EXPECT_EQ(lines_with(""), 0);
  EXPECT_EQ(lines_with("on"), 2);
  EXPECT_EQ(lines_with("off"), 0);
}

}  // namespace
}  // namespace certstead
