// Credentials are swapped every millisecond while clients of all kinds shake hands.
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>
#include <thread>

#include "tlscache/test_fleet.h"

namespace certstead {
namespace {

constexpr int kVersions = 24;
constexpr int kHandshakesPerThread = 550;

struct Round {
  int version;
  const char* algorithms;
  int key;
};
constexpr Round kRounds[] = {{TLS1_3_VERSION, "ECDSA+SHA256", EVP_PKEY_EC},
                             {TLS1_3_VERSION, "rsa_pss_rsae_sha256", EVP_PKEY_RSA},
                             {TLS1_2_VERSION, "ECDSA+SHA256", EVP_PKEY_EC},
                             {TLS1_2_VERSION, "RSA+SHA256", EVP_PKEY_RSA}};

struct Tally {
  int failed = 0, wrong_key = 0, unknown_leaf = 0, older = 0;
  std::set<std::string> leaves;
  std::string first_failure;
};

// One of these swaps put that version in.
bool lies_between(int version, int first, int last) {
  for (int swap = first; swap <= last; ++swap) {
    if (swap % kVersions == version) return true;
  }
  return false;
}

// The client checks signature, chain and name, so a leaf with another's key or another's chain is a failure.
// `known`: versions, by fingerprint; swap number N puts version N % kVersions in. `swapped`: the last that is
// done.
Tally shake_many(SSL_CTX* client, SSL_CTX* server, const std::map<std::string, int>& known,
                 const std::atomic<int>& swapped) {
  Tally tally;
  for (int i = 0; i < kHandshakesPerThread; ++i) {
    const Round& round = kRounds[i % std::size(kRounds)];
    const int before = swapped;
    const Shaken shaken = shake_hands(client, server,
                                      {.server_name = "www.example.test",
                                       .version = round.version,
                                       .signature_algorithms = round.algorithms});
    if (!shaken.ok && tally.failed++ == 0) {
      tally.first_failure = shaken.verify_error + ", alert " + std::to_string(shaken.alert);
    }
    if (!shaken.ok) continue;
    if (shaken.key != round.key) ++tally.wrong_key;
    const auto version = known.find(shaken.leaf_fingerprint);
    if (version == known.end()) {
      ++tally.unknown_leaf;
    } else if (!lies_between(version->second, before, swapped + 1)) {
      ++tally.older;
    }
    tally.leaves.insert(shaken.leaf_fingerprint);
  }
  return tally;
}

TEST(HotSwap, LosesNoHandshakeAndMixesNoPair) {
  TestFleet fleet({.cache_bytes = std::size_t{1} << 20});
  // Every other version comes from another CA, so that a chain can't pass for its neighbour's.
  const TestCa second_ca(
      std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now() - std::chrono::hours(1)));
  std::vector<std::vector<NewCredential>> versions;
  std::map<std::string, int> known;
  for (int version = 1; version <= kVersions; ++version) {
    const TestCa& ca = version % 2 == 0 ? fleet.ca : second_ca;
    const std::vector<std::string> names = {"www.example.test"};
    versions.push_back({ca.make(fleet.key, "www", KeyType::kP256, version, names),
                        ca.make(fleet.key, "www", KeyType::kRsa2048, version, names)});
    for (const NewCredential& credential : versions.back())
      known.emplace(TestFleet::fingerprint(credential), version - 1);
  }
  fleet.put("www", versions[0]);
  const ContextHandle server = fleet.serve();
  const ContextHandle client = client_context({fleet.ca.root(), second_ca.root()});

  std::atomic<bool> stop{false};
  std::atomic<int> swaps{0};
  std::thread swapper([&] {
    while (!stop) {
      fleet.put("www", versions[static_cast<std::size_t>((swaps + 1) % kVersions)]);
      ++swaps;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  std::vector<Tally> tallies(4);
  std::vector<std::thread> clients;
  for (Tally& tally : tallies) {
    clients.emplace_back([&] { tally = shake_many(client.get(), server.get(), known, swaps); });
  }
  for (std::thread& thread : clients) thread.join();
  stop = true;
  swapper.join();

  std::set<std::string> leaves;
  for (const Tally& tally : tallies) {
    EXPECT_EQ(tally.failed, 0) << tally.first_failure;
    EXPECT_EQ(tally.wrong_key, 0);
    EXPECT_EQ(tally.unknown_leaf, 0);
    EXPECT_EQ(tally.older, 0) << "a version was served after a newer one was committed";
    leaves.insert(tally.leaves.begin(), tally.leaves.end());
  }
  EXPECT_GT(leaves.size(), 4U) << "the swaps were not seen";
  EXPECT_EQ(fleet.cache->stats().failed, 0U);
  std::cout << tallies.size() * kHandshakesPerThread << " handshakes during " << swaps << " swaps, "
            << leaves.size() << " different leaves served\n";
}

}  // namespace
}  // namespace certstead
