// A session made for one name is good for that name only.
#include <gtest/gtest.h>

#include "tlscache/test_fleet.h"

namespace certstead {
namespace {

struct Kind {
  const char* name;
  int version;
  bool tickets;
};

class Sessions : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    fleet_.put_both("both", 1, {"a.example.test", "b.example.test"}, {"keyfile.kyr", "192.0.2.1"});
    server_ = fleet_.serve({.on_unknown_name = OnUnknownName::kDefault});
    if (!GetParam().tickets) SSL_CTX_set_options(server_.get(), SSL_OP_NO_TICKET);
    client_ = fleet_.client();
  }
  Shaken shake(const std::string& name, SSL_SESSION* resume = nullptr, const char* address = nullptr) {
    Shaken shaken = shake_hands(
        client_.get(), server_.get(),
        {.server_name = name, .version = GetParam().version, .resume = resume, .check_name = false},
        [&](SSL* ssl) {
          if (address != nullptr) must_succeed(TlsCache::set_local_address(ssl, address));
        });
    EXPECT_TRUE(shaken.ok) << shaken.verify_error;
    return shaken;
  }

  TestFleet fleet_;
  ContextHandle server_, client_;
};

TEST_P(Sessions, ResumesAtItsOwnName) {
  const Shaken first = shake("a.example.test");
  EXPECT_FALSE(first.resumed);
  EXPECT_TRUE(shake("a.example.test", first.session.get()).resumed);
  EXPECT_TRUE(shake("A.Example.Test.", shake("a.example.test").session.get()).resumed);
}

TEST_P(Sessions, NeverResumesAtAnotherNameOfTheSameCertificate) {
  EXPECT_FALSE(shake("b.example.test", shake("a.example.test").session.get()).resumed);
}

TEST_P(Sessions, NeverCrossesBetweenANameAndNoName) {
  EXPECT_FALSE(shake("", shake("a.example.test").session.get()).resumed);
  EXPECT_FALSE(shake("a.example.test", shake("").session.get()).resumed);
}

TEST_P(Sessions, NeverCrossesBetweenAddresses) {
  EXPECT_FALSE(shake("", shake("", nullptr, "192.0.2.1").session.get(), "192.0.2.2").resumed);
  EXPECT_TRUE(shake("", shake("", nullptr, "192.0.2.1").session.get(), "192.0.2.1").resumed);
}

TEST_P(Sessions, NeverCrossesBetweenNamesThatAreNone) {
  EXPECT_FALSE(shake(".b.test", shake(".a.test").session.get()).resumed);
}

TEST_P(Sessions, ResumesAcrossARenewal) {
  const Shaken first = shake("a.example.test");
  fleet_.put_both("both", 2, {"a.example.test"});
  EXPECT_TRUE(shake("a.example.test", first.session.get()).resumed);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Sessions,
                         testing::Values(Kind{"Tls12Ids", TLS1_2_VERSION, false},
                                         Kind{"Tls12Tickets", TLS1_2_VERSION, true},
                                         Kind{"Tls13Stateful", TLS1_3_VERSION, false},
                                         Kind{"Tls13Tickets", TLS1_3_VERSION, true}),
                         [](const testing::TestParamInfo<Kind>& kind) { return kind.param.name; });

TEST(SessionsOfRemovedNames, AreRefusedWithTheName) {
  TestFleet fleet;
  fleet.put_both("www", 1, {"www.example.test"});
  const ContextHandle server = fleet.serve(), client = fleet.client();
  const Shaken first = shake_hands(client.get(), server.get(), {.server_name = "www.example.test"});
  ASSERT_TRUE(first.ok);
  fleet.put_both("www", 2, {"other.example.test"});
  EXPECT_FALSE(shake_hands(client.get(), server.get(),
                           {.server_name = "www.example.test", .resume = first.session.get()})
                   .ok);
}

}  // namespace
}  // namespace certstead
