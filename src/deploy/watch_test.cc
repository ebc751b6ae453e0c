#include "deploy/watch.h"

#include <gtest/gtest.h>

#include "base/fake_clock.h"
#include "base/temp_dir.h"
#include "deploy/test_credential.h"
#include "replica/view.h"

namespace certstead {
namespace {

struct CountingLog final : LogSink {
  void event(Level level, std::string_view, const std::vector<Field>&) override {
    if (level == Level::kWarning) ++warnings;
  }
  std::size_t warnings = 0;
};

// A view that the test writes, a deployment of it whose reload ends with what the file "code" says, and a
// watch over both.
class Watching : public testing::Test {
 protected:
  Watching() {
    key_ = ViewKey::load_or_create(dir_.path() / "view").value().clone();
    writer_ = ViewWriter::open(dir_.path() / "view").value();
    set_code("0");
    activate();
    Deployment www;
    www.name = "www";
    www.set = www.lineage = "www.example.test";
    www.path = (dir_.path() / "www.pem").string();
    www.hooks.reload = {"sh", "-c", "echo . >> " + at("runs") + "; exit $(cat " + at("code") + ")"};
    EXPECT_TRUE(DeployDirectory(at("deploy.d")).add(www));
  }
  std::string at(const std::string& name) const { return (dir_.path() / name).string(); }
  void set_code(const std::string& code) { EXPECT_TRUE(write_file_atomic(at("code"), view_bytes(code))); }
  std::size_t runs() const { return read_text_file(at("runs")).value_or("").size() / 2; }

  // Another certificate for the set.
  void activate() {
    const DeployCredential made = make_credential();
    NewCredential fresh;
    CredentialRecord& record = fresh.record;
    record.id = "v" + std::to_string(++version_);
    record.set_name = "www.example.test";
    record.version = version_;
    record.names = made.names;
    record.not_before = made.leaf.not_before();
    record.not_after = made.leaf.not_after();
    record.leaf = made.leaf.der();
    record.sealed_key = key_->seal(record.id, record.version, made.key.to_der()).value();
    ViewBatch batch = writer_->begin().value();
    EXPECT_TRUE(batch.replace_set("set", {fresh}));
    EXPECT_TRUE(batch.commit());
    serial_ = made.leaf.serial();
  }

  TempDir dir_;
  FakeClock clock_;
  CountingLog log_;
  std::optional<ViewKey> key_;
  std::unique_ptr<ViewWriter> writer_;
  std::int64_t version_ = 0;
  std::string serial_;
  std::vector<DeploymentReport> sent_;
  bool manager_is_there_ = true;
  std::string reason_ = "nobody is there";
  DeployHost host_{{at("deploy.d"), at("view"), at("state")}, clock_, log_};
  DeployWatch watch_{host_,
                     {},
                     [this](const DeploymentReport& report) -> Status {
                       if (!manager_is_there_) return unavailable(reason_);
                       sent_.push_back(report);
                       return Done{};
                     },
                     clock_,
                     log_};
};

TEST_F(Watching, DeploysAtOnceWhatIsNewAndNothingElse) {
  watch_.look();
  EXPECT_EQ(runs(), 1U);
  ASSERT_FALSE(sent_.empty());
  EXPECT_EQ(sent_.back().deployed.front().serial, serial_);
  watch_.look();
  EXPECT_EQ(runs(), 1U);
  activate();
  watch_.look();
  EXPECT_EQ(runs(), 2U);
  EXPECT_EQ(sent_.back().deployed.front().serial, serial_);
}

TEST_F(Watching, AFailureIsTriedAgainLaterAndLater) {
  set_code("1");
  watch_.look();
  watch_.look();
  EXPECT_EQ(runs(), 1U);
  EXPECT_EQ(sent_.back().outcome, DeployOutcome::kFailed);
  clock_.advance(std::chrono::seconds{61});
  watch_.look();
  EXPECT_EQ(runs(), 2U);
  clock_.advance(std::chrono::seconds{61});
  watch_.look();
  EXPECT_EQ(runs(), 2U) << "the second pause is twice as long";
  clock_.advance(std::chrono::seconds{61});
  set_code("0");
  watch_.look();
  EXPECT_EQ(runs(), 3U);
  EXPECT_EQ(sent_.back().outcome, DeployOutcome::kDone);
}

TEST_F(Watching, AnEditedFileIsTriedAtOnce) {
  set_code("1");
  watch_.look();
  set_code("0");
  Deployment www = DeployDirectory(at("deploy.d")).find("www").value();
  ASSERT_TRUE(DeployDirectory(at("deploy.d")).remove("www"));
  www.hooks.limit = std::chrono::seconds{30};
  ASSERT_TRUE(DeployDirectory(at("deploy.d")).add(www));
  watch_.look();
  EXPECT_EQ(sent_.back().outcome, DeployOutcome::kDone);
}

TEST_F(Watching, WithoutAManagerTheReportWaits) {
  manager_is_there_ = false;
  watch_.look();
  EXPECT_EQ(runs(), 1U);
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(host_.untold()->size(), 1U);
  manager_is_there_ = true;
  clock_.advance(std::chrono::seconds{11});
  watch_.look();
  ASSERT_EQ(sent_.size(), 1U);
  EXPECT_EQ(sent_.back().deployed.front().serial, serial_);
  EXPECT_TRUE(host_.untold()->empty());
}

TEST_F(Watching, WhyAReportIsNotSentIsLoggedOnceAndAgainWhenItChanges) {
  manager_is_there_ = false;
  const auto look_later = [&] {
    clock_.advance(std::chrono::seconds{11});
    watch_.look();
  };
  for (int i = 0; i < 3; ++i) look_later();
  EXPECT_EQ(log_.warnings, 1U);
  reason_ = "it is starting";
  for (int i = 0; i < 3; ++i) look_later();
  EXPECT_EQ(log_.warnings, 2U);
  manager_is_there_ = true;
  look_later();
  manager_is_there_ = false;
  activate();
  look_later();
  EXPECT_EQ(log_.warnings, 3U) << "it had been there meanwhile";
}

TEST_F(Watching, WhatIsToldOfAnOlderReportLeavesTheNewerOneToTell) {
  manager_is_there_ = false;
  watch_.look();
  const DeploymentReport older = host_.untold()->front();
  activate();
  watch_.look();
  ASSERT_TRUE(host_.mark_told(older));
  ASSERT_EQ(host_.untold()->size(), 1U);
  EXPECT_EQ(host_.untold()->front().deployed.front().serial, serial_);
}

TEST_F(Watching, WhatIsFineIsProvedAgainEveryHour) {
  watch_.look();
  const std::size_t before = sent_.size();
  clock_.advance(std::chrono::minutes{59});
  watch_.look();
  EXPECT_EQ(sent_.size(), before);
  clock_.advance(std::chrono::minutes{2});
  watch_.look();
  EXPECT_EQ(sent_.size(), before + 1);
  EXPECT_EQ(runs(), 1U);
}

}  // namespace
}  // namespace certstead
