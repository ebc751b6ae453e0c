// Real processes, a real CA (Pebble), real handshakes.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "base/file.h"
#include "base/program.h"
#include "base/temp_dir.h"
#include "support/fleet_processes.h"

namespace certstead {
namespace {

using std::chrono::seconds;

void expect_ok(const CommandResult& result) { EXPECT_EQ(result.exit, 0) << result.out << result.err; }

TEST(Fleet, BothKeyTypesAreServedAndRenewedWithoutAReload) {
  FleetProcesses fleet;
  expect_ok(fleet.cli({"request", "www.lab.test", "mail.lab.test", "--key", "p256,rsa2048", "--agree-tos"}));
  const std::string ecdsa = fleet.serial("www.lab.test", ProbeKey::kEcdsa);
  const std::string rsa = fleet.serial("mail.lab.test", ProbeKey::kRsa);
  EXPECT_NE(ecdsa, "");
  EXPECT_NE(rsa, "");
  EXPECT_NE(ecdsa, rsa);
  expect_ok(fleet.cli({"renew", "www.lab.test", "--force"}));
  EXPECT_NE(fleet.serial("www.lab.test", ProbeKey::kEcdsa), ecdsa);
  EXPECT_NE(fleet.serial("mail.lab.test", ProbeKey::kRsa), rsa);
  EXPECT_NE(fleet.serial("www.lab.test", ProbeKey::kEcdsa), "");
  EXPECT_FALSE(fleet.probe("other.lab.test", ProbeKey::kAny));  // unrecognized_name
}

TEST(Fleet, EverythingIsServedWithTheManagerKilledAndTheGatewayRestarted) {
  FleetProcesses fleet;
  expect_ok(fleet.cli({"request", "www.lab.test", "--key", "p256,rsa2048", "--agree-tos"}));
  const std::string serial = fleet.serial("www.lab.test", ProbeKey::kEcdsa);
  fleet.kill_manager();
  EXPECT_EQ(fleet.serial("www.lab.test", ProbeKey::kEcdsa), serial);
  fleet.stop_gateway();
  fleet.start_gateway();
  EXPECT_EQ(fleet.serial("www.lab.test", ProbeKey::kEcdsa), serial);
  EXPECT_NE(fleet.serial("www.lab.test", ProbeKey::kRsa), "");
  EXPECT_EQ(fleet.cli({"list"}).exit, 3);  // not reachable, and said so
  fleet.start_manager();
  ASSERT_TRUE(fleet.wait_for_manager(seconds{60})) << fleet.log_of("manager");
  expect_ok(fleet.cli({"renew", "www.lab.test", "--force"}));
  EXPECT_NE(fleet.serial("www.lab.test", ProbeKey::kEcdsa), serial);
}

TEST(Fleet, NineOfTenNoncesRefusedIsSurvived) {
  LabCaOptions ca;
  ca.refused_nonces = 90;
  ca.reused_authorizations = 0;
  FleetProcesses fleet(std::move(ca));
  for (const std::string name : {"a.lab.test", "b.lab.test", "c.lab.test", "d.lab.test", "e.lab.test"}) {
    expect_ok(fleet.cli({"request", name, "--key", "p256", "--agree-tos"}));
    EXPECT_NE(fleet.serial(name, ProbeKey::kEcdsa), "") << name;
  }
}

TEST(Fleet, AuthorizationsThatAreValidAlreadyAreNotChallengedAgain) {
  LabCaOptions ca;
  ca.refused_nonces = 5;
  ca.reused_authorizations = 100;
  FleetProcesses fleet(std::move(ca));
  expect_ok(fleet.cli({"request", "www.lab.test", "--key", "p256", "--agree-tos"}));
  fleet.stop_gateway();  // nobody answers a challenge any more
  const CommandResult renewed = fleet.cli({"renew", "www.lab.test", "--force"});
  expect_ok(renewed);
  EXPECT_EQ(renewed.err.find("the CA was told to look"), std::string::npos) << renewed.err;
}

TEST(Fleet, CertificatesOfMinutesAreRenewedThreeTimesUnderLoadWithNoFailedHandshake) {
  LabCaOptions ca;
  ca.certificate_life = seconds{30};
  FleetProcesses fleet(std::move(ca));
  expect_ok(fleet.cli({"request", "www.lab.test", "--key", "p256,rsa2048", "--agree-tos"}));
  std::atomic<bool> done{false};
  std::atomic<int> failed{0}, handshakes{0};
  std::set<std::string> ecdsa, rsa;
  const auto load = [&](ProbeKey key, std::set<std::string>& serials) {
    while (!done) {
      const std::string serial = fleet.serial("www.lab.test", key);
      ++handshakes;
      if (serial.empty()) ++failed;
      serials.insert(serial);
      if (serials.size() >= 4) return;
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  };
  std::thread first([&] { load(ProbeKey::kEcdsa, ecdsa); });
  std::thread second([&] { load(ProbeKey::kRsa, rsa); });
  std::thread limit([&] {
    for (const Deadline deadline = Deadline::after(seconds{300}); !deadline.passed() && !done;) {
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    done = true;
  });
  first.join();
  second.join();
  done = true;
  limit.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GE(ecdsa.size(), 4U);  // the first and three renewals
  EXPECT_GE(rsa.size(), 4U);
  EXPECT_GT(handshakes, 100);
}

TEST(Fleet, ResponseHeadersOfANotesIniLeaveOnceEachAndGoBeforeTheBaseline) {
  FleetProcesses fleet;
  expect_ok(fleet.cli({"request", "www.lab.test", "--key", "p256", "--agree-tos"}));
  const auto ini = fleet.directory() / "notes.ini";
  const std::string_view text =
      "HTTPAdditionalRespHeader=X-Content-Type-Options: nosniff\n"
      "HTTPAdditionalRespHeader01=Strict-Transport-Security: max-age=900\n"
      "HTTPAdditionalRespHeader2=X-Never: one digit is ignored\n";
  ASSERT_TRUE(write_file_atomic(ini, view_bytes(text), 0644));
  const auto before = fleet.get("www.lab.test");
  ASSERT_TRUE(before) << before.error().detail;
  EXPECT_FALSE(before->headers.has("Strict-Transport-Security"));  // read at the next start only
  fleet.stop_gateway();
  fleet.start_gateway({"--baseline-headers", "--notes-ini", ini});
  const auto answer = fleet.get("www.lab.test");
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->headers.all("X-Content-Type-Options"), std::vector<std::string_view>{"nosniff"});
  EXPECT_EQ(answer->headers.all("Strict-Transport-Security"), std::vector<std::string_view>{"max-age=900"});
  EXPECT_EQ(answer->headers.all("X-Frame-Options"), std::vector<std::string_view>{"SAMEORIGIN"});
  EXPECT_FALSE(answer->headers.has("X-Never"));
  EXPECT_NE(fleet.log_of("gateway").find("HTTPAdditionalRespHeader2"),
            std::string::npos);  // and warned about
}

TEST(Fleet, TwoManagersOnOneDataDirectoryAreRefused) {
  FleetProcesses fleet({}, false);
  const CommandResult second =
      fleet.cli({"manager", "--data", fleet.data(), "--identity", fleet.directory() / "identity2", "--socket",
                 fleet.directory() / "second.sock"});
  EXPECT_EQ(second.exit, 1);
  EXPECT_NE(second.err.find(fleet.data()), std::string::npos) << second.err;
}

TEST(Fleet, ServersRefuseRootAndMakeNothing) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can try";
  const TempDir place;
  const std::string dir = place.path().string() + "/";
  const std::vector<std::vector<std::string>> servers = {
      {"manager", "--data", dir + "data", "--identity", dir + "identity", "--socket", dir + "socket"},
      {"gateway", "--view", dir + "view", "--https", "127.0.0.1:0", "--upstream", "http://127.0.0.1:1"},
      {"lab", "--dir", dir + "lab"}};
  for (std::vector<std::string> words : servers) {
    words.insert(words.begin(), CERTSTEAD_BINARY);
    const auto run = run_program(words, {.one_stream = true});
    ASSERT_TRUE(run) << run.error().detail;
    EXPECT_FALSE(run->ok) << words[1];
    EXPECT_NE(run->output.find("does not run as root"), std::string::npos) << words[1] << ": " << run->output;
    EXPECT_TRUE(std::filesystem::is_empty(place.path())) << words[1] << " made something";
  }
}

TEST(Fleet, WithTheCaGoneHealthIsNotGreenAndTheOldSerialGoesOn) {
  FleetProcesses fleet;
  expect_ok(fleet.cli({"request", "www.lab.test", "--key", "p256", "--agree-tos"}));
  const std::string serial = fleet.serial("www.lab.test", ProbeKey::kEcdsa);
  fleet.stop_gateway();
  fleet.start_gateway();
  const auto root = fleet.root_pem();
  kill(fleet.ca().pebble_pid(), SIGKILL);
  EXPECT_EQ(fleet.cli({"renew", "www.lab.test", "--force"}).exit, 1);
  const CommandResult status = fleet.cli({"show", "www.lab.test", "-o", "json"});
  EXPECT_NE(status.out.find("\"overall\": \"yellow\""), std::string::npos) << status.out;
  EXPECT_EQ(fleet.serial("www.lab.test", ProbeKey::kEcdsa), serial);
}

}  // namespace
}  // namespace certstead
