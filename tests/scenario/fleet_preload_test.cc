// What an unmodified nginx serves out of a view by the preload library, proved by the manager (decision 14).
#include <gmock/gmock.h>

#include "peers/nginx_server.h"
#include "served_scene.h"

namespace certstead {
namespace {

using testing::HasSubstr;

class PreloadedFleet : public testing::Test {
 protected:
  void SetUp() override {
    const CommandEnd made = run_command(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=own -keyout " +
        own_.string() + " -out " + own_.string() + ".crt");
    ASSERT_EQ(made.exit, 0) << made.output;
    const Status started = nginx_serves("view");
    if (!started && started.error().code == Code::kNotFound) GTEST_SKIP() << started.error().detail;
    ASSERT_TRUE(started) << started.error().detail;
    expect_ok(fleet_.cli(
        {"microca", "create", "office", "--permit", "lab.test", "--crl-url", "http://crl.lab.test/x"}));
    expect_ok(fleet_.cli({"request", "www.lab.test", "--issuer", "office", "--key", "p256,rsa2048"}));
  }
  // On the port that is proved, from the view in directory()/NAME; with a certificate of its own for what
  // that has not.
  Status nginx_serves(const std::string& view) {
    nginx_.reset();
    TRY(nginx_, start_nginx({.pairs = {{own_.string() + ".crt", own_.string()}},
                             .environment = {"LD_PRELOAD=" TLSCACHE_PRELOAD,
                                             "TLSCACHE_VIEW=" + (fleet_.directory() / view).string()},
                             .more = "listen 127.0.0.1:" + std::to_string(fleet_.https_port()) + " ssl;"}));
    return Done{};
  }
  std::string shown() const { return fleet_.cli({"show", "www.lab.test"}).out; }
  // What nginx shows to such a client.
  std::string serial(ProbeKey key) const {
    const auto report = fleet_.probe("www.lab.test", key);
    return report ? report->leaf.serial() : report.error().detail;
  }
  std::string logs() const { return fleet_.log_of("manager") + nginx_->log(); }

  ServedScene fleet_{{}, false, {"--prove", "gateway=https://127.0.0.1:{https}"}};
  const std::filesystem::path own_ = fleet_.directory() / "own.key";
  std::unique_ptr<TlsServer> nginx_;
};

TEST_F(PreloadedFleet, WhatNginxServesIsProvedForBothKeysUntilItsViewFallsBehind) {
  ASSERT_TRUE(fleet_.served_becomes("yes")) << logs();
  EXPECT_EQ(fleet_.status("status"), "issued");
  EXPECT_EQ(fleet_.status("deployed"), "yes");
  const std::string old = serial(ProbeKey::kEcdsa);
  EXPECT_NE(old, serial(ProbeKey::kRsa));
  for (const ProbeKey key : {ProbeKey::kEcdsa, ProbeKey::kRsa})
    EXPECT_THAT(shown(), HasSubstr("serves " + serial(key)));

  // One that does not hear of what is new.
  fleet_.freeze_view("stale");
  ASSERT_TRUE(nginx_serves("stale"));
  expect_ok(fleet_.cli({"renew", "www.lab.test", "--force"}));
  EXPECT_TRUE(fleet_.shown_becomes("it shows serial " + old)) << shown() << logs();
  EXPECT_EQ(fleet_.status("served"), "no");
  EXPECT_EQ(serial(ProbeKey::kEcdsa), old);

  ASSERT_TRUE(nginx_serves("view"));
  fleet_.cli({"health", "check", "--now"});
  ASSERT_TRUE(fleet_.served_becomes("yes")) << logs();
  EXPECT_NE(serial(ProbeKey::kEcdsa), old);
  EXPECT_THAT(shown(), HasSubstr("serves " + serial(ProbeKey::kEcdsa)));
}

}  // namespace
}  // namespace certstead
