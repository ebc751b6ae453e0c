// kill -9 of a CA of ours at its writes: whatever left the process is in the store, a request that is made
// again has used one serial number, and the number of the CRL never falls.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "base/text.h"
#include "contract/child.h"
#include "contract/store_contract.h"
#include "crypto/csr.h"
#include "crypto/digest.h"
#include "store/sqlite_store.h"

namespace certstead {
namespace {

// A signature takes two commits of some writes and a sync each: 40 reach the third signature of a run.
constexpr int kDeepest = 40;
constexpr int kEnd = 1'000'000;  // a run that is not killed

class CaCrash : public testing::Test {
 protected:
  CaCrash() {
    const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
    const Bytes csr = make_csr(key, {"www.example.test"}, false).value();
    EXPECT_TRUE(write_file_atomic(directory() / "request", csr, 0600));
  }
  std::filesystem::path directory() const { return temporary_.path(); }

  // One life of the process. True if it was killed.
  bool run(int last, int kill_at) {
    Child child({CERTSTEAD_CA_CHILD, directory().string(), std::to_string(next_), std::to_string(last),
                 std::to_string(kill_at)});
    for (const std::string& line : child.rest()) note(line);
    const int status = child.wait();
    EXPECT_THAT(status, testing::AnyOf(0, 128 + SIGKILL));
    return status != 0;
  }

  void note(const std::string& line) {
    const auto words = split(line, ' ');
    if (words[0] == "signed") {
      next_ = std::stoi(std::string(words[1])) + 1;
      left_[std::string(words[2])] = words[3];
    } else if (words[0] == "revoked") {
      const int counter = std::stoi(std::string(words[2]));
      EXPECT_GT(counter, crl_counter_) << line;
      crl_counter_ = counter;
    } else {
      ADD_FAILURE() << line;
    }
  }

  std::vector<IssuedRecord> recorded() {
    const auto store = open_sqlite_store(directory() / "store", clock_, log_).value();
    std::vector<IssuedRecord> out;
    for (;;) {
      const auto page = store->cas().list_issued("office", out.empty() ? "" : out.back().serial, 500).value();
      if (page.empty()) return out;
      out.insert(out.end(), page.begin(), page.end());
    }
  }

  // `certificates` requests, each made until it is answered, killed at the writes 1, 1 + stride, ... of a
  // run.
  void sweep(int certificates, int stride) {
    int killed = 0;
    for (int kill_at = 1; next_ <= certificates; kill_at = 1 + (kill_at - 1 + stride) % kDeepest) {
      if (run(certificates, kill_at)) ++killed;
      ASSERT_FALSE(HasFailure());
    }
    EXPECT_GE(killed, certificates / 3) << "the sweep proves little";
    run(next_ - 1, kEnd);
    std::map<std::string, std::string> there;
    std::set<std::string> requests;
    for (const IssuedRecord& one : recorded()) {
      EXPECT_TRUE(there.emplace(one.serial, sha256_hex(one.certificate)).second) << one.serial;
      EXPECT_TRUE(requests.insert(one.request_id).second) << "two serial numbers for one request";
      EXPECT_GE(one.serial.size(), 16U) << "less than 64 bits";
    }
    EXPECT_EQ(there, left_);
    EXPECT_EQ(static_cast<int>(left_.size()), certificates);
  }

  TempDir temporary_;
  FakeClock clock_;
  NullLog log_;
  int next_ = 1;
  int crl_counter_ = 0;
  std::map<std::string, std::string> left_;  // serial and digest of what the process gave out
};

TEST_F(CaCrash, AKillAtSomeWritesLosesNoCertificateAndNoSerialNumber) { sweep(30, 3); }

TEST_F(CaCrash, AKillAtEveryWriteOfAThousandLosesNoCertificateAndNoSerialNumber) {
  if (std::getenv("CERTSTEAD_FULL") == nullptr) GTEST_SKIP() << "only in ./check full (CERTSTEAD_FULL=1)";
  sweep(1000, 1);
}

}  // namespace
}  // namespace certstead
