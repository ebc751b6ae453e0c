// Contexts that have a certificate of their own, as those of unmodified programs do.
#include <gtest/gtest.h>

#include "base/file.h"
#include "tlscache/test_fleet.h"

namespace certstead {
namespace {

constexpr int kUnrecognizedName = 112;

class OwnCertificate : public testing::Test {
 protected:
  // Gives `context` a certificate that is not in the view.
  void give_own(SSL_CTX* context) {
    const PrivateKey key = must(PrivateKey::generate(KeyType::kP256));
    const Certificate leaf = must(issue_certificate({.common_name = "own.test",
                                                     .dns_names = {"own.test"},
                                                     .public_key = key.public_key(),
                                                     .not_before = now_ - std::chrono::hours(1),
                                                     .not_after = now_ + std::chrono::hours(24)},
                                                    key, {}));
    ASSERT_EQ(SSL_CTX_use_certificate(context, leaf.native()), 1);
    ASSERT_EQ(SSL_CTX_use_PrivateKey(context, key.native()), 1);
    own_leaf_ = leaf.fingerprint();
  }
  Shaken shake(SSL_CTX* server, const std::string& name, SSL_SESSION* resume = nullptr) {
    return shake_hands(any_.get(), server, {.server_name = name, .resume = resume, .check_name = false});
  }
  ContextHandle serve(OnUnknownName unknown) {
    ContextHandle context = fleet_.serve({.on_unknown_name = unknown, .own_certificate = true});
    give_own(context.get());
    return context;
  }

  const Instant now_ = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  TestFleet fleet_;
  std::string own_leaf_;
  ContextHandle any_{SSL_CTX_new(TLS_client_method())};
};

TEST_F(OwnCertificate, IsServedForNamesTheViewDoesNotHave) {
  const auto [ec, rsa] = fleet_.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = serve(OnUnknownName::kRefuse);
  EXPECT_EQ(shake(server.get(), "www.example.test").leaf_fingerprint, ec);
  const Shaken other = shake(server.get(), "own.test");
  EXPECT_EQ(other.leaf_fingerprint, own_leaf_);
  EXPECT_FALSE(TlsCache::serves(other.server.get()));
}

TEST_F(OwnCertificate, IsServedWhileTheViewsKeyIsAnother) {
  fleet_.put_both("www", 1, {"www.example.test"});
  fleet_.put("www", {fleet_.ca.make(ViewKey::generate(), "www", KeyType::kP256, 2, {"www.example.test"})});
  const ContextHandle server = serve(OnUnknownName::kRefuse);
  EXPECT_EQ(shake(server.get(), "www.example.test").leaf_fingerprint, own_leaf_);
  EXPECT_EQ(fleet_.cache->stats().failed, 1U);
}

TEST_F(OwnCertificate, IsServedWhereTheSecurityLevelRefusesTheCredential) {
  fleet_.put("www", {fleet_.make("www", KeyType::kRsa2048, 1, {"www.example.test"})});
  const ContextHandle server = serve(OnUnknownName::kRefuse);
  SSL_CTX_set_security_level(server.get(), 3);
  EXPECT_EQ(shake(server.get(), "www.example.test").leaf_fingerprint, own_leaf_);
}

TEST_F(OwnCertificate, SessionsAreBoundToTheProgramsContextAndToTheName) {
  fleet_.put_both("www", 1, {"www.example.test", "mail.example.test"});
  const ContextHandle server = serve(OnUnknownName::kRefuse);
  const auto with = [&](const std::string& context, const std::string& name, SSL_SESSION* resume) {
    return shake_hands(any_.get(), server.get(), {.server_name = name, .resume = resume, .check_name = false},
                       [&](SSL* ssl) { must_succeed(TlsCache::bind_session(ssl, context)); });
  };
  const Shaken first = with("one", "www.example.test", nullptr);
  ASSERT_TRUE(first.ok);
  EXPECT_FALSE(with("two", "www.example.test", first.session.get()).resumed);
  const Shaken second = with("one", "www.example.test", nullptr);
  EXPECT_FALSE(with("one", "mail.example.test", second.session.get()).resumed);
  const Shaken third = with("one", "www.example.test", nullptr);
  EXPECT_TRUE(with("one", "www.example.test", third.session.get()).resumed);
}

TEST_F(OwnCertificate, EachResumedSessionBringsTheTicketForTheNext) {
  fleet_.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet_.serve();
  std::vector<Shaken> all;
  for (int i = 0; i < 4; ++i) {
    SSL_SESSION* const before = all.empty() ? nullptr : all.back().session.get();
    all.push_back(shake_hands(any_.get(), server.get(),
                              {.server_name = "www.example.test",
                               .version = TLS1_3_VERSION,
                               .resume = before,
                               .check_name = false}));
    EXPECT_EQ(all.back().resumed, i > 0) << i;
  }
}

TEST_F(OwnCertificate, IsRefusedWhereThereIsNone) {
  fleet_.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet_.serve({.on_unknown_name = OnUnknownName::kRefuse});
  EXPECT_EQ(shake(server.get(), "own.test").alert, kUnrecognizedName);
}

}  // namespace
}  // namespace certstead
