#include "tlscache/credential_cache.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "crypto/secure_heap.h"
#include "replica/test_credentials.h"

namespace certstead {
namespace {

constexpr std::size_t kShards = 16;

std::shared_ptr<const ParsedCredential> entry(const std::string& id, std::int64_t version,
                                              std::size_t bytes) {
  return std::make_shared<const ParsedCredential>(
      ParsedCredential{id, version, nullptr, nullptr, {}, test_key(KeyType::kP256), bytes});
}

TEST(CredentialCache, FindsExactlyTheVersionAskedFor) {
  CredentialCache cache(kShards * 1000);
  cache.put(entry("a", 1, 10));
  EXPECT_NE(cache.find("a", 1), nullptr);
  EXPECT_EQ(cache.find("a", 2), nullptr);
  EXPECT_EQ(cache.find("b", 1), nullptr);
}

TEST(CredentialCache, NewVersionTakesThePlaceOfTheOld) {
  CredentialCache cache(kShards * 1000);
  cache.put(entry("a", 1, 10));
  cache.put(entry("a", 2, 30));
  EXPECT_EQ(cache.find("a", 1), nullptr);
  EXPECT_NE(cache.find("a", 2), nullptr);
  EXPECT_EQ(cache.stats().entries, 1U);
  EXPECT_EQ(cache.stats().bytes, 30U);
}

TEST(CredentialCache, StaysWithinItsBytes) {
  CredentialCache cache(kShards * 100);
  for (int i = 0; i < 1000; ++i) cache.put(entry("id" + std::to_string(i), 1, 30));
  EXPECT_LE(cache.stats().bytes, kShards * 100);
  EXPECT_GT(cache.stats().entries, kShards);
  EXPECT_EQ(cache.stats().entries + cache.stats().evictions, 1000U);
}

TEST(CredentialCache, WhatIsUsedOftenStays) {
  CredentialCache cache(kShards * 100);
  for (int i = 0; i < 1000; ++i) {
    cache.put(entry("id" + std::to_string(i), 1, 30));
    cache.put(entry("often", 1, 30));
    ASSERT_NE(cache.find("often", 1), nullptr);
  }
  EXPECT_NE(cache.find("often", 1), nullptr);
}

TEST(CredentialCache, EntryLargerThanItsShareIsHandedOutButNotKept) {
  CredentialCache cache(kShards * 100);
  const auto huge = entry("huge", 1, 101);
  cache.put(huge);
  EXPECT_EQ(cache.find("huge", 1), nullptr);
  EXPECT_EQ(huge->id, "huge");
}

// In a child: the heap is one for all of a process.
TEST(CredentialCache, EvictionGivesTheSecureHeapItsKeysBack) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (!use_secure_heap(std::size_t{1} << 20)) ::_exit(2);
    const SecretBytes der = must(PrivateKey::generate(KeyType::kP256)).to_der();
    const std::size_t before = CRYPTO_secure_used();
    {
      CredentialCache cache(kShards * 100);
      for (int i = 0; i < 1000; ++i) {
        cache.put(std::make_shared<const ParsedCredential>(
            ParsedCredential{"id" + std::to_string(i),
                             1,
                             nullptr,
                             nullptr,
                             {},
                             must(PrivateKey::from_der(der.reveal())),
                             30}));
      }
      const std::size_t kept = cache.stats().entries, used = CRYPTO_secure_used() - before;
      if (kept == 0 || used < kept * 32 || used > kept * 128) ::_exit(3);
    }
    ::_exit(CRYPTO_secure_used() == before ? 0 : 4);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(IntermediatePool, ParsesEachCertificateOnceWhileItIsUsed) {
  const TestCa ca(from_unix_seconds(1'800'000'000));
  IntermediatePool pool;
  const Bytes der = ca.intermediate().der(), digest = sha256(der);
  std::shared_ptr<X509> first = must(pool.get(digest, der));
  EXPECT_EQ(must(pool.get(digest, der)), first);
  const std::weak_ptr<X509> watch = first;
  first.reset();
  EXPECT_TRUE(watch.expired());
  EXPECT_NE(must(pool.get(digest, der)), nullptr);
}

TEST(IntermediatePool, RefusesWhatIsNoCertificate) {
  IntermediatePool pool;
  EXPECT_EQ(pool.get(Bytes(32, 1), to_bytes("junk")).error().code, Code::kInvalid);
}

}  // namespace
}  // namespace certstead
