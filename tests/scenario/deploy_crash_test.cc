// kill -9 before system calls by which a deployment changes something: afterwards the old pair stands or the
// new one, never none and never half of each, and the next run comes to its end. strace kills `certstead
// deploy run` at its N-th call of a kind. Every fifth N; all of them where CERTSTEAD_SWEEP is set.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

#include "base/text.h"
#include "deploy_scene.h"
#include "support/command.h"

namespace certstead {
namespace {

constexpr const char* kStrace = "/usr/bin/strace";
constexpr std::array<std::string_view, 10> kCalls = {"write",    "fsync",     "fchmod",   "openat",
                                                     "linkat",   "symlinkat", "unlinkat", "mkdirat",
                                                     "renameat", "renameat2"};

int stride() {
  return std::getenv("CERTSTEAD_SWEEP") == nullptr ? 5 : 1;  // NOLINT(concurrency-mt-unsafe)
}

std::string quoted(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += "'" + word + "' ";
  return out;
}

class DeployCrash : public testing::TestWithParam<Layout> {
 protected:
  void SetUp() override {
    if (::access(kStrace, X_OK) != 0) GTEST_SKIP() << "strace is not installed";
    deployment_ = DeployScene::deployment(GetParam());
    if (GetParam() == Layout::kCertbot) {
      deployment_.path = scene_.at("host/letsencrypt");
      deployment_.lineage = "www-{key}";
    } else if (GetParam() == Layout::kFiles) {
      deployment_.key_path = scene_.at("host/{key}/site.key");
      deployment_.cert_path = scene_.at("host/{key}/site.crt");
      deployment_.fullchain_path = scene_.at("host/{key}/site.pem");
    } else {
      deployment_.path = scene_.at("host/{key}.pem");
    }
    deployment_.hooks.reload = {"/bin/sh", "-c", "echo reloaded >> " + scene_.at("reloads")};
    scene_.put(deployment_);
    ASSERT_EQ(scene_.run().report.outcome, DeployOutcome::kDone);
    old_ = {{"ecdsa", scene_.serial("ecdsa")}, {"rsa", scene_.serial("rsa")}};
    ASSERT_EQ(run_command("cp -a " + scene_.at("host") + " " + scene_.at("host.before") + " && cp -a " +
                          scene_.at("state") + " " + scene_.at("state.before"))
                  .exit,
              0);
    scene_.renew();
    new_ = {{"ecdsa", scene_.serial("ecdsa")}, {"rsa", scene_.serial("rsa")}};
    ASSERT_NE(old_, new_);
  }

  void restore() const {
    std::string line;
    for (const std::string part : {"host", "state"})
      line += "rm -rf " + scene_.at(part) + " && cp -a " + scene_.at(part + ".before") + " " +
              scene_.at(part) + " && ";
    ASSERT_EQ(run_command(line + "true").exit, 0);
  }
  // Runs the program under strace with these options; the leak checker can't work there.
  CommandEnd traced(const std::string& options) const {
    std::vector<std::string> words = {CERTSTEAD_BINARY};
    const std::vector<std::string> more = scene_.run_words();
    words.insert(words.end(), more.begin(), more.end());
    return run_command("ASAN_OPTIONS=detect_leaks=0 " + std::string(kStrace) + " -qq -o " +
                       scene_.at("trace") + " " + options + " " + quoted(words));
  }
  // The serial of the pair for this kind of key, by every path by which a server may read it.
  std::string standing(const std::string& kind) const {
    if (GetParam() == Layout::kCombined) {
      const std::string file = scene_.at("host/" + kind + ".pem");
      return serial_of_pair(file, file);
    }
    const bool certbot = GetParam() == Layout::kCertbot;
    const std::string at = scene_.at(certbot ? "host/letsencrypt/live/www-" + kind : "host/" + kind);
    const std::string key = at + (certbot ? "/privkey.pem" : "/site.key");
    const std::string full = serial_of_pair(key, at + (certbot ? "/fullchain.pem" : "/site.pem"));
    const std::string leaf = serial_of_pair(key, at + (certbot ? "/cert.pem" : "/site.crt"));
    return full == leaf ? full : full + " beside " + leaf;
  }
  void crash_at(std::string_view call, int n) {
    restore();
    const std::string where = std::string(call) + " " + std::to_string(n);
    const CommandEnd died = traced("-e trace=" + std::string(call) + " -e inject=" + std::string(call) +
                                   ":signal=SIGKILL:when=" + std::to_string(n));
    EXPECT_NE(died.exit, 0) << where << ": " << died.output;
    ++crashes_;
    for (const std::string kind : {"ecdsa", "rsa"}) {
      const std::string found = standing(kind);
      EXPECT_TRUE(found == old_[kind] || found == new_[kind]) << where << ", " << kind << ": " << found;
      if (found == new_[kind]) ++new_ones_;
    }
    std::filesystem::remove(scene_.at("reloads"));
    const DeployRun next = scene_.run();
    EXPECT_EQ(next.report.outcome, DeployOutcome::kDone) << where << ": " << next.report.error;
    for (const std::string kind : {"ecdsa", "rsa"}) EXPECT_EQ(standing(kind), new_[kind]) << where;
    // Nothing is left beside it: the next run finds nothing to do, and no file of its own stands about.
    EXPECT_FALSE(scene_.run().changed) << where;
    const CommandEnd left =
        run_command("find " + scene_.at("host") + " " + scene_.at("state") +
                    " -name '.*' ! -name '.certstead-www-ecdsa' ! -name '.certstead-www-rsa'");
    EXPECT_EQ(left.output, "") << where;
  }

  DeployScene scene_;
  Deployment deployment_;
  std::map<std::string, std::string> old_, new_;
  int crashes_ = 0, new_ones_ = 0;
};

TEST_P(DeployCrash, LeavesTheOldPairOrTheNewOneAndTheNextRunEnds) {
  restore();
  const CommandEnd whole =
      traced("-e trace=write,fsync,fchmod,openat,linkat,symlinkat,unlinkat,mkdirat,renameat,renameat2");
  ASSERT_EQ(whole.exit, 0) << whole.output;
  const std::string trace = scene_.text("trace");
  std::map<std::string_view, int> counts;
  for (const std::string_view line : split(trace, '\n')) {
    for (const std::string_view call : kCalls) {
      if (line.starts_with(std::string(call) + "(")) ++counts[call];
    }
  }
  EXPECT_GT(counts["fsync"], 0);
  EXPECT_GT(counts["renameat2"], 0);
  for (const std::string_view call : kCalls) {
    // What is opened before the first file is made changes nothing.
    const int step = call == "openat" || call == "write" ? stride() * 4 : stride();
    for (int n = 1; n <= counts[call]; n += step) crash_at(call, n);
  }
  EXPECT_GT(crashes_, 10);
  EXPECT_GT(new_ones_, 0) << "no crash came after the switch: the sweep proves nothing";
}

INSTANTIATE_TEST_SUITE_P(Layouts, DeployCrash,
                         testing::Values(Layout::kCertbot, Layout::kCombined, Layout::kFiles),
                         [](const testing::TestParamInfo<Layout>& layout) {
                           return std::string(layout_name(layout.param));
                         });

}  // namespace
}  // namespace certstead
