// Real DNS servers: where names stand in them, and what they show.
#include <gmock/gmock.h>

#include <algorithm>

#include "model/caa.h"
#include "model/dns_challenge.h"
#include "peers/dns_peer.h"
#include "resolver/rfc2136_provider.h"
#include "resolver/zone_walk.h"

namespace certstead {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

#define NEED(program)                                                             \
  do {                                                                            \
    if (const std::string package = DnsPeer::missing(program); !package.empty())  \
      GTEST_SKIP() << program << " is not installed (package " << package << ")"; \
  } while (false)

Deadline soon() { return Deadline::after(seconds{60}); }

DnsPeerOptions two_zones() {
  DnsPeerOptions options;
  options.zones = {{"example.test",
                    {"ns1.example.test"},
                    {"_acme-challenge.www IN CNAME www.validation.example.", "a IN CNAME b", "b IN CNAME a",
                     "c0 IN CNAME c1", "c1 IN CNAME c2", "c2 IN CNAME c3", "c3 IN CNAME c4", "c4 IN CNAME c5",
                     "c5 IN CNAME c6", "c6 IN CNAME c7", "c7 IN CNAME c8", "c8 IN CNAME c9",
                     "*.wild IN CNAME www.validation.example.",
                     "_label._acme-challenge.own IN CNAME own.validation.example.",
                     "_acme-challenge.set.wild IN CNAME www.validation.example.",
                     "moved IN DNAME validation.example.", "round IN DNAME round.round",
                     "@ IN CAA 0 issue \"ca.example; validationmethods=dns-01\"", "a.b.c IN A 192.0.2.1"},
                    {}},
                   {"sub.example.test", {"ns1.example.test"}, {}, {}},
                   {"validation.example", {"ns1.example.test"}, {}, {}}};
  return options;
}

ResolverSettings asking(const DnsPeer& resolver, const DnsPeer& ns1) {
  ResolverSettings settings;
  settings.resolvers = {resolver.at()};
  settings.elsewhere = {{"ns1.example.test", ns1.at()}};
  settings.patience = seconds{30};
  return settings;
}

TEST(DnsPeers, NamesOfBindAreFoundThroughAliases) {
  NEED("named");
  const auto bind = DnsPeer::start_bind(two_zones());
  ASSERT_TRUE(bind) << bind.error().detail;
  ZoneWalk walk(asking(*bind, *bind));
  const auto place = walk.locate("_acme-challenge.www.example.test", soon());
  ASSERT_TRUE(place) << place.error().detail;
  EXPECT_EQ(place->name, "www.validation.example");
  EXPECT_EQ(place->zone, "validation.example");
  EXPECT_EQ(walk.locate("_acme-challenge.x.moved.example.test", soon())->name,
            "_acme-challenge.x.validation.example");
  EXPECT_EQ(walk.locate("_acme-challenge.x.sub.example.test", soon())->zone, "sub.example.test");
  // b.c.example.test exists without any record of its own.
  EXPECT_EQ(walk.locate("_acme-challenge.b.c.example.test", soon())->zone, "example.test");
  EXPECT_EQ(walk.locate("c1.example.test", soon())->name, "c9.example.test");
  EXPECT_EQ(walk.locate("_acme-challenge.x.wild.example.test", soon())->zone, "example.test");
}

TEST(DnsPeers, AccountLabelIsPlannedByItsOwnAliasInBind) {
  NEED("named");
  const auto bind = DnsPeer::start_bind(two_zones());
  ASSERT_TRUE(bind) << bind.error().detail;
  ZoneWalk walk(asking(*bind, *bind));
  DnsAccount account;
  account.name = "labelled";
  account.domains = {*DomainName::parse("validation.example")};
  account.challenge = kDnsAccount01;
  const HostPattern name = *HostPattern::parse("*.own.example.test");
  const std::string plain = dns01_name(name);
  const DnsPlaces places{walk.locate(plain, soon()), walk.locate("_label." + plain, soon())};
  const auto plan = plan_challenge(name, {account}, places);
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_EQ(plan->type, "dns-account-01");
  EXPECT_EQ(plan->dns_account, "labelled");
  EXPECT_EQ((*places.labelled)->name, "own.validation.example");
  EXPECT_FALSE(plan_challenge(name, {account}, {places.plain})) << "the plain name leads nowhere";
}

TEST(DnsPeers, CirclesInBindAreSaid) {
  NEED("named");
  const auto bind = DnsPeer::start_bind(two_zones());
  ASSERT_TRUE(bind) << bind.error().detail;
  ZoneWalk walk(asking(*bind, *bind));
  for (const std::string name : {"a.example.test", "c0.example.test", "x.round.example.test"}) {
    const auto place = walk.locate(name, soon());
    ASSERT_FALSE(place) << name;
    EXPECT_EQ(place.error().id, "dns-alias-loop") << place.error().detail;
  }
}

TEST(DnsPeers, CaaRecordsOfBindAreFound) {
  NEED("named");
  const auto bind = DnsPeer::start_bind(two_zones());
  ASSERT_TRUE(bind) << bind.error().detail;
  ZoneWalk walk(asking(*bind, *bind));
  const auto caa = climb_to_caa(walk, "*.x.example.test", DnsPropagationMode::kAuthoritative, soon());
  ASSERT_TRUE(caa) << caa.error().detail;
  EXPECT_EQ(caa->back().name, "example.test");
  EXPECT_THAT(caa->back().servers[0].values, ElementsAre("0 issue \"ca.example; validationmethods=dns-01\""));
  EXPECT_THAT(bind->dig("example.test", "CAA"),
              HasSubstr("0 issue \"ca.example; validationmethods=dns-01\""));
}

// A primary that changes, and a secondary that nobody tells.
struct TwoServers {
  std::optional<DnsPeer> primary, secondary;

  Status start(Result<DnsPeer> (*start_secondary)(const DnsPeerOptions&)) {
    DnsPeerOptions options;
    options.zones = {{"example.test", {"ns1.example.test", "ns2.example.test"}, {}, {}}};
    TRY(primary, DnsPeer::start_bind(options));
    options.key = primary->key();
    options.primary = primary->at();
    TRY(secondary, start_secondary(options));
    return Done{};
  }
  ResolverSettings settings() const {
    ResolverSettings out = asking(*primary, *primary);
    out.elsewhere.emplace("ns2.example.test", secondary->at());
    return out;
  }
  Status add(const TxtRecord& record) const {
    const SystemClock clock;
    DnsAccount account;
    account.settings = {{"nameserver", primary->at().text()}, {"tsig_key", "upd"}};
    DnsSecrets secrets;
    secrets.emplace("tsig_secret", SecretBytes(view_bytes(primary->key().secret)));
    TRY(const auto provider, open_rfc2136(account, secrets, {&clock, EgressPolicy::anywhere()}, {}));
    CHECK_OK(provider->add(record, soon()));
    return Done{};
  }
};

const TxtRecord kRecord{"_acme-challenge.example.test", "example.test", "value"};

TEST(DnsPeers, ASecondaryThatLagsIsNamed) {
  NEED("named");
  NEED("nsd");
  TwoServers two;
  const Status started = two.start(DnsPeer::start_nsd);
  ASSERT_TRUE(started) << started.error().detail;
  ASSERT_TRUE(two.add(kRecord));
  ZoneWalk walk(two.settings());
  auto seen = walk.look(kRecord, DnsPropagationMode::kAuthoritative, soon());
  ASSERT_TRUE(seen) << seen.error().detail;
  EXPECT_FALSE(seen->everywhere);
  ASSERT_EQ(seen->servers.size(), 2U);
  std::ranges::sort(seen->servers, {}, &DnsServerView::server);
  EXPECT_EQ(seen->servers[0].server, "ns1.example.test " + two.primary->at().text());
  EXPECT_TRUE(seen->servers[0].shows);
  EXPECT_EQ(seen->servers[1].server, "ns2.example.test " + two.secondary->at().text());
  EXPECT_FALSE(seen->servers[1].shows);
  EXPECT_EQ(seen->servers[1].problem, "");
  const Status caught_up = two.secondary->catch_up("example.test");
  ASSERT_TRUE(caught_up) << caught_up.error().detail;
  for (const Deadline deadline = soon(); !seen->everywhere && !deadline.passed();)
    seen = walk.look(kRecord, DnsPropagationMode::kAuthoritative, deadline);
  EXPECT_TRUE(seen->everywhere);
}

TEST(DnsPeers, AServerThatIsDeadIsAnAnswer) {
  NEED("named");
  NEED("knotd");
  TwoServers two;
  const Status started = two.start(DnsPeer::start_knot);
  ASSERT_TRUE(started) << started.error().detail;
  ASSERT_TRUE(two.add(kRecord));
  ResolverSettings settings = two.settings();
  settings.patience = milliseconds{500};
  two.secondary->pause();
  auto seen = ZoneWalk(settings).look(kRecord, DnsPropagationMode::kAuthoritative, soon());
  ASSERT_TRUE(seen) << seen.error().detail;
  EXPECT_FALSE(seen->everywhere);
  std::ranges::sort(seen->servers, {}, &DnsServerView::server);
  EXPECT_THAT(seen->servers[1].problem, HasSubstr("no answer from " + two.secondary->at().text()));
  two.secondary->stop();
  seen = ZoneWalk(settings).look(kRecord, DnsPropagationMode::kAuthoritative, soon());
  std::ranges::sort(seen->servers, {}, &DnsServerView::server);
  EXPECT_THAT(seen->servers[1].problem, HasSubstr("nothing listens"));
  EXPECT_EQ(ZoneWalk(settings).locate(kRecord.name, soon())->zone, "example.test");
}

TEST(DnsPeers, KnotIsASecondaryToo) {
  NEED("named");
  NEED("knotd");
  DnsPeerOptions options;
  options.zones = {{"example.test", {}, {"a IN TXT \"x\""}, {}}};
  const auto primary = DnsPeer::start_bind(options);
  ASSERT_TRUE(primary) << primary.error().detail;
  options.key = primary->key();
  options.primary = primary->at();
  auto secondary = DnsPeer::start_knot(options);
  ASSERT_TRUE(secondary) << secondary.error().detail;
  EXPECT_EQ(secondary->dig("a.example.test", "TXT"), "\"x\"\n");
  EXPECT_TRUE(secondary->catch_up("example.test"));
}

}  // namespace
}  // namespace certstead
