#include "tlscache/tls_cache.h"

#include <gtest/gtest.h>

#include <iostream>

#include "base/fake_clock.h"
#include "base/file.h"
#include "tlscache/test_fleet.h"

namespace certstead {
namespace {

constexpr const char* kEcdsaOnly = "ECDSA+SHA256:ECDSA+SHA384";
constexpr const char* kRsaOnly = "rsa_pss_rsae_sha256:RSA+SHA256";
constexpr int kUnrecognizedName = 112, kHandshakeFailure = 40, kInternalError = 80;

TEST(TlsCache, EachClientGetsTheKeyItCanVerifyInBothVersions) {
  TestFleet fleet;
  const auto [ec, rsa] = fleet.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto leaf = [&](const char* algorithms) {
      const Shaken shaken = shake_hands(
          client.get(), server.get(),
          {.server_name = "www.example.test", .version = version, .signature_algorithms = algorithms});
      EXPECT_TRUE(shaken.ok) << shaken.verify_error;
      return shaken.leaf_fingerprint;
    };
    EXPECT_EQ(leaf(kEcdsaOnly), ec);
    EXPECT_EQ(leaf(kRsaOnly), rsa);
    EXPECT_EQ(leaf(""), ec);
  }
}

TEST(TlsCache, ClientWithRsaSuitesOnlyGetsRsaWhateverItsAlgorithmsSay) {
  TestFleet fleet;
  const auto [ec, rsa] = fleet.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  const Shaken shaken = shake_hands(client.get(), server.get(),
                                    {.server_name = "www.example.test",
                                     .version = TLS1_2_VERSION,
                                     .suites12 = "ECDHE-RSA-AES128-GCM-SHA256"});
  EXPECT_TRUE(shaken.ok) << shaken.verify_error;
  EXPECT_EQ(shaken.leaf_fingerprint, rsa);
}

TEST(TlsCache, PolicyCanPreferRsa) {
  TestFleet fleet;
  const auto [ec, rsa] = fleet.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet.serve({.prefer = Preference::kRsa}), client = fleet.client();
  EXPECT_EQ(shake_hands(client.get(), server.get(), {.server_name = "www.example.test"}).leaf_fingerprint,
            rsa);
}

TEST(TlsCache, ListenersHaveTheirOwnPolicies) {
  TestFleet fleet;
  const auto [ec, rsa] = fleet.put_both("www", 1, {"www.example.test"}, {"keyfile.kyr"});
  const ContextHandle strict = fleet.serve({.least_tls = LeastTls::kTls13}), client = fleet.client();
  const ContextHandle lenient =
      fleet.serve({.prefer = Preference::kRsa, .on_unknown_name = OnUnknownName::kDefault});
  const auto shake = [&](const ContextHandle& server, const char* name, int version) {
    return shake_hands(client.get(), server.get(),
                       {.server_name = name, .version = version, .check_name = false});
  };
  EXPECT_FALSE(shake(strict, "www.example.test", TLS1_2_VERSION).ok);
  EXPECT_EQ(shake(strict, "www.example.test", TLS1_3_VERSION).leaf_fingerprint, ec);
  EXPECT_EQ(shake(strict, "other.test", TLS1_3_VERSION).alert, kUnrecognizedName);
  EXPECT_EQ(shake(lenient, "www.example.test", TLS1_2_VERSION).leaf_fingerprint, rsa);
  EXPECT_EQ(shake(lenient, "other.test", TLS1_3_VERSION).leaf_fingerprint, rsa);
}

TEST(TlsCache, EnvironmentSaysWhatClientsWithoutAlgorithmsGet) {
  TestFleet fleet;
  const auto [ec, rsa] = fleet.put_both("mail", 1, {"mail.example.test"});
  const auto leaf = [&](const char* protocol) {
    Selection found = must(fleet.cache->look_up(
        [] {
          ClientHello hello;
          hello.tls13 = false;
          hello.server_name_text = "mail.example.test";
          hello.server_name = *DomainName::parse("mail.example.test");
          return hello;
        }(),
        {.protocol = protocol, .prefer_unasked = must(unasked_preference(protocol))}, ""));
    return is_rsa(found.credential.key_type) ? rsa : ec;
  };
  EXPECT_EQ(leaf("smtp"), rsa);
  ::setenv("TLSCACHE_SMTP_PREFER_ECDSA", "1", 1);
  EXPECT_EQ(leaf("smtp"), ec);
  EXPECT_EQ(leaf("imap"), rsa);
  ::setenv("TLSCACHE_SMTP_PREFER_ECDSA", "yes", 1);
  const ContextHandle context = server_context();
  EXPECT_EQ(fleet.cache->attach(context.get(), {.protocol = "smtp"}).error().id, "bad-environment");
  ::unsetenv("TLSCACHE_SMTP_PREFER_ECDSA");
}

TEST(TlsCache, NewVersionIsServedAtTheNextHandshake) {
  TestFleet fleet;
  const ContextHandle server = fleet.serve(), client = fleet.client();
  for (int version = 1; version <= 5; ++version) {
    const auto [ec, rsa] = fleet.put_both("www", version, {"www.example.test"});
    const Shaken shaken = shake_hands(client.get(), server.get(), {.server_name = "www.example.test"});
    EXPECT_EQ(shaken.leaf_fingerprint, ec) << version;
    EXPECT_EQ(TlsCache::served(shaken.server.get()).version, version);
  }
}

TEST(TlsCache, RemovedNameIsRefusedAtTheNextHandshake) {
  TestFleet fleet;
  fleet.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  EXPECT_TRUE(shake_hands(client.get(), server.get(), {.server_name = "www.example.test"}).ok);
  ViewBatch batch = must(fleet.writer->begin());
  ASSERT_TRUE(batch.remove_set("www"));
  ASSERT_TRUE(batch.commit());
  EXPECT_EQ(shake_hands(client.get(), server.get(), {.server_name = "www.example.test"}).alert,
            kUnrecognizedName);
}

TEST(TlsCache, ExactNameBeatsWildcardAndWildcardCoversOneLabel) {
  TestFleet fleet;
  const auto [wild, wild_rsa] = fleet.put_both("wild", 1, {"*.example.test"});
  const auto [exact, exact_rsa] = fleet.put_both("exact", 1, {"www.example.test"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  const auto leaf = [&](const char* name) {
    return shake_hands(client.get(), server.get(), {.server_name = name}).leaf_fingerprint;
  };
  EXPECT_EQ(leaf("www.example.test"), exact);
  EXPECT_EQ(leaf("mail.example.test"), wild);
  EXPECT_EQ(leaf("a.mail.example.test"), "");
  EXPECT_EQ(leaf("example.test"), "");
}

TEST(TlsCache, UpperCaseAndTrailingDotAreTheSameName) {
  TestFleet fleet;
  const auto [ec, rsa] = fleet.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  for (const char* name : {"WWW.Example.TEST", "www.example.test."}) {
    const Shaken shaken = shake_hands(client.get(), server.get(), {.server_name = name, .check_name = false});
    EXPECT_EQ(shaken.leaf_fingerprint, ec) << name;
    EXPECT_EQ(TlsCache::served(shaken.server.get()).name, "www.example.test");
  }
}

TEST(TlsCache, WhatIsNoHostNameIsRefusedAsUnknown) {
  TestFleet fleet;
  fleet.put_both("wild", 1, {"*.example.test"}, {"192.0.2.1"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  for (const char* name :
       {".example.test", "*.example.test", "192.0.2.1", "a_b..example.test", "2001:db8::1"}) {
    const Shaken shaken = shake_hands(client.get(), server.get(), {.server_name = name, .check_name = false});
    EXPECT_FALSE(shaken.ok) << name;
    EXPECT_EQ(shaken.alert, kUnrecognizedName) << name;
  }
  EXPECT_EQ(fleet.cache->stats().refused, 5U);
}

// OpenSSL's client sends no name of more than 255 bytes, so this hello is made by hand.
TEST(TlsCache, NameOf300BytesIsRefusedAsUnknown) {
  TestFleet fleet;
  fleet.put_both("www", 1, {"www.example.test"});
  const ContextHandle context = fleet.serve();
  const std::string name(300, 'a');
  const auto sized = [](const std::string& body, int bytes) {
    std::string out;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(body.size() >> shift);
    return out + body;
  };
  const std::string server_name =
      std::string("\0\0", 2) + sized(sized(std::string("\0", 1) + sized(name, 2), 2), 2);
  const std::string algorithms = std::string("\0\x0d", 2) + sized(sized("\x04\x03\x08\x04", 2), 2);
  const std::string hello = "\x03\x03" + std::string(32, 'r') + sized("", 1) + sized("\xc0\x2b\xc0\x2f", 2) +
                            sized(std::string(1, '\0'), 1) + sized(server_name + algorithms, 2);
  const std::string record = "\x16\x03\x01" + sized("\x01" + sized(hello, 3), 2);
  const SslHandle server(SSL_new(context.get()));
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(server.get(), in, out);
  SSL_set_accept_state(server.get());
  BIO_write(in, record.data(), static_cast<int>(record.size()));
  EXPECT_NE(SSL_do_handshake(server.get()), 1);
  unsigned char answer[7] = {};
  ASSERT_EQ(BIO_read(out, answer, sizeof answer), 7);
  EXPECT_EQ(answer[0], 21);
  EXPECT_EQ(answer[6], kUnrecognizedName);
  EXPECT_EQ(fleet.cache->stats().refused, 1U);
}

TEST(TlsCache, UnknownNameGetsTheDefaultSlotsIfThePolicySaysSo) {
  TestFleet fleet;
  const auto [ec, rsa] = fleet.put_both("own", 1, {"member.example.test"});
  const ContextHandle server = fleet.serve({.on_unknown_name = OnUnknownName::kDefault,
                                            .default_name = *DomainName::parse("member.example.test")});
  const ContextHandle client = fleet.client();
  for (const char* name : {"other.test", ".example.test"}) {
    const Shaken shaken = shake_hands(client.get(), server.get(), {.server_name = name, .check_name = false});
    EXPECT_EQ(shaken.leaf_fingerprint, ec) << name;
    EXPECT_EQ(TlsCache::served(shaken.server.get()).reason, MatchReason::kDefault);
  }
  EXPECT_EQ(fleet.cache->stats().by_default, 2U);
}

TEST(TlsCache, ClientWithoutNameGetsTheDefaultTag) {
  TestFleet fleet;
  const auto [ec, rsa] = fleet.put_both("own", 1, {"member.example.test"}, {"keyfile.kyr"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  EXPECT_EQ(shake_hands(client.get(), server.get(), {}).leaf_fingerprint, ec);
}

TEST(TlsCache, ClientWithoutNameGetsTheListenersTagOrTheAddress) {
  TestFleet fleet;
  const auto [tagged, tagged_rsa] = fleet.put_both("tagged", 1, {"a.example.test"}, {"mail"});
  const auto [placed, placed_rsa] = fleet.put_both("placed", 1, {"b.example.test"}, {"2001:db8::1"});
  const ContextHandle server = fleet.serve({.tag = "mail"}), client = fleet.client();
  EXPECT_EQ(shake_hands(client.get(), server.get(), {}).leaf_fingerprint, tagged);
  const Shaken shaken = shake_hands(client.get(), server.get(), {}, [](SSL* ssl) {
    must_succeed(TlsCache::set_local_address(ssl, "[2001:0DB8::0:1]"));
  });
  EXPECT_EQ(shaken.leaf_fingerprint, placed);
  EXPECT_EQ(TlsCache::served(shaken.server.get()).reason, MatchReason::kAddress);
}

TEST(TlsCache, ClientThatCanVerifyNothingThereIsTold) {
  TestFleet fleet;
  fleet.put("www", {fleet.make("www", KeyType::kRsa2048, 1, {"www.example.test"})});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const Shaken shaken = shake_hands(
        client.get(), server.get(),
        {.server_name = "www.example.test", .version = version, .signature_algorithms = kEcdsaOnly});
    EXPECT_EQ(shaken.alert, kHandshakeFailure);
  }
  EXPECT_EQ(fleet.cache->stats().unusable, 2U);
}

TEST(TlsCache, CacheSmallerThanTheFleetFailsNothing) {
  TestFleet fleet({.cache_bytes = 16U * 24U * 1024U});
  constexpr int kHosts = 100;
  const ContextHandle server = fleet.serve(), client = fleet.client();
  const auto name = [](int i) { return "h" + std::to_string(i) + ".example.test"; };
  for (int i = 0; i < kHosts; ++i) {
    fleet.put(name(i), {fleet.make(name(i), KeyType::kP256, 1, {name(i)})});
  }
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < kHosts; ++i) {
      const Shaken shaken = shake_hands(client.get(), server.get(), {.server_name = name(i)});
      ASSERT_TRUE(shaken.ok) << shaken.verify_error;
    }
  }
  const TlsCacheStats stats = fleet.cache->stats();
  EXPECT_EQ(stats.failed, 0U);
  EXPECT_GT(stats.evictions, 0U);
  EXPECT_LT(stats.cached, kHosts + 0U);
  EXPECT_LE(stats.cached_bytes, 16U * 24U * 1024U);
}

TEST(TlsCache, CacheOfNoBytesServesToo) {
  TestFleet fleet({.cache_bytes = 0});
  fleet.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  EXPECT_TRUE(shake_hands(client.get(), server.get(), {.server_name = "www.example.test"}).ok);
  EXPECT_EQ(fleet.cache->stats().cached, 0U);
}

TEST(TlsCache, SecondHandshakeParsesNothing) {
  TestFleet fleet;
  fleet.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  for (int i = 0; i < 3; ++i) shake_hands(client.get(), server.get(), {.server_name = "www.example.test"});
  EXPECT_EQ(fleet.cache->stats().loads, 1U);
  EXPECT_EQ(fleet.cache->stats().hits, 2U);
}

// Remembers the events it is given.
class EventList final : public LogSink {
 public:
  void event(Level, std::string_view name, const std::vector<Field>& fields) override {
    text += std::string(name);
    for (const Field& field : fields) text += " " + field.name + "=" + field.value;
    text += "\n";
  }
  std::string text;
};

TEST(TlsCache, CredentialThatItsKeyDoesNotOpenFailsThatHandshakeOnlyAndIsReported) {
  EventList events;
  TestFleet fleet({.log = &events});
  NewCredential broken = fleet.make("broken", KeyType::kP256, 1, {"broken.example.test"});
  broken.record.sealed_key.back() ^= 1;
  fleet.put("broken", {broken});
  fleet.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  const Shaken shaken = shake_hands(client.get(), server.get(), {.server_name = "broken.example.test"});
  EXPECT_FALSE(shaken.ok);
  EXPECT_EQ(shaken.alert, kInternalError);
  EXPECT_NE(events.text.find("tlscache.failed name=broken.example.test error=credential broken/p256/1"),
            std::string::npos)
      << events.text;
  EXPECT_TRUE(shake_hands(client.get(), server.get(), {.server_name = "www.example.test"}).ok);
  EXPECT_EQ(fleet.cache->stats().failed, 1U);
}

TEST(TlsCache, KeyOfAnotherCredentialIsNeverServed) {
  EventList events;
  TestFleet fleet({.log = &events});
  NewCredential mixed = fleet.make("mixed", KeyType::kP256, 1, {"mixed.example.test"});
  const PrivateKey other = must(PrivateKey::generate(KeyType::kP256));
  mixed.record.sealed_key = must(fleet.key.seal(mixed.record.id, 1, other.to_der()));
  fleet.put("mixed", {mixed});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  EXPECT_FALSE(shake_hands(client.get(), server.get(), {.server_name = "mixed.example.test"}).ok);
  EXPECT_NE(events.text.find("does not belong"), std::string::npos) << events.text;
}

TEST(TlsCache, LookupLogCanBeSwitchedAtAnyTime) {
  TestFleet fleet;
  fleet.put_both("www", 1, {"*.example.test"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  std::string lines;
  shake_hands(client.get(), server.get(), {.server_name = "www.example.test"});
  fleet.cache->set_lookup_log([&](std::string_view line) { lines.append(line).append("\n"); });
  shake_hands(client.get(), server.get(),
              {.server_name = "www.example.test", .signature_algorithms = "ECDSA+SHA256:RSA+SHA256"});
  fleet.cache->set_lookup_log({});
  shake_hands(client.get(), server.get(), {.server_name = "www.example.test"});
  EXPECT_EQ(lines,
            "TLSCache-Log-http: CacheLookupRequest -> Host/Tag: [www.example.test] RSAHashAlgs: 0x10, "
            "ECDSAHashAlgs: 0x10, Key: 1, Cert: 1, OCSP: 0 TrustPolicy: 0 DNList: 0\n"
            "TLSCache-Log-http: CacheLookupResult: [www.example.test] -> [ECDSA NIST P-256] Flags: 0x0, "
            "RSAHashAlgs: 0x10, ECDSAHashAlgs: 0x10, DefaultAssigned: 0, Match: wildcard -> Err: 0x0\n");
}

TEST(TlsCache, SecondAttachmentOfAContextIsAConflict) {
  TestFleet fleet;
  const ContextHandle context = fleet.serve();
  EXPECT_EQ(fleet.cache->attach(context.get()).error().code, Code::kConflict);
}

TEST(TlsCache, ContextsOutliveTheCacheObject) {
  TestFleet fleet;
  fleet.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  fleet.cache.reset();
  EXPECT_TRUE(shake_hands(client.get(), server.get(), {.server_name = "www.example.test"}).ok);
}

TEST(TlsCache, OpeningWithoutAViewOrAKeySaysSo) {
  const TempDir dir;
  EXPECT_EQ(TlsCache::open(dir.path()).error().code, Code::kNotFound);
  const auto writer = must(ViewWriter::open(dir.path()));
  EXPECT_EQ(TlsCache::open(dir.path()).error().code, Code::kNotFound);
}

TEST(TlsCache, StartUpDoesNotGrowWithTheNumberOfCredentials) {
  TestFleet fleet;
  constexpr int kHosts = 10'000;
  const NewCredential model = fleet.make("model", KeyType::kP256, 1, {"model.example.test"});
  ViewBatch batch = must(fleet.writer->begin());
  for (int i = 0; i < kHosts; ++i) {
    NewCredential copy = model;
    copy.record.id = "copy" + std::to_string(i);
    copy.record.names = {"h" + std::to_string(i) + ".example.test"};
    must_succeed(batch.replace_set("s" + std::to_string(i), {copy}));
  }
  must_succeed(batch.replace_set("model", {model}));
  must_succeed(batch.commit());
  const ContextHandle client = fleet.client();
  fleet.cache.reset();
  const auto start = std::chrono::steady_clock::now();
  fleet.cache = must(TlsCache::open(fleet.dir.path()));
  const ContextHandle server = fleet.serve();
  const auto opened = std::chrono::steady_clock::now();
  ASSERT_TRUE(shake_hands(client.get(), server.get(), {.server_name = "model.example.test"}).ok);
  const auto served = std::chrono::steady_clock::now();
  using Micro = std::chrono::microseconds;
  std::cout << "with " << kHosts << " credentials: open and attach "
            << std::chrono::duration_cast<Micro>(opened - start).count() << " us, first handshake "
            << std::chrono::duration_cast<Micro>(served - opened).count() << " us\n";
  EXPECT_EQ(fleet.cache->stats().loads, 1U);
}

}  // namespace
}  // namespace certstead
