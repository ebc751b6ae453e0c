#include "resolver/zone_walk.h"

#include <gmock/gmock.h>

#include "model/caa.h"
#include "resolver/fake_dns_testing.h"

namespace certstead {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

const TxtRecord kRecord{"_acme-challenge.example.test", "example.test", "value"};

// One server that is both the resolver and ns1 of example.test, and a second one, ns2.
class Walk : public testing::Test {
 protected:
  Walk() {
    for (FakeZones* zones : {&first_, &second_}) {
      zones->add_zone("example.test", {"ns1.example.test", "ns2.example.test"});
      zones->add_zone("dns.example", {"ns1.example.test"});
      zones->add_zone("sub.example.test", {"ns1.example.test"});
    }
  }
  static ResolverSettings settings(const FakeDns& ns1, const FakeDns& ns2) {
    ResolverSettings out;
    out.resolvers = {ns1.at()};
    out.elsewhere = {{"ns1.example.test", ns1.at()}, {"ns2.example.test", ns2.at()}};
    out.patience = seconds{30};
    return out;
  }
  static Deadline soon() { return Deadline::after(seconds{60}); }

  FakeZones first_, second_;
  FakeDns ns1_{first_.handler()}, ns2_{second_.handler()};
  ZoneWalk walk_{settings(ns1_, ns2_)};
};

TEST_F(Walk, FindsTheZoneOfANameThatDoesNotExist) {
  const auto place = walk_.locate("_acme-challenge.Deep.below.example.test.", soon());
  ASSERT_TRUE(place);
  EXPECT_EQ(place->name, "_acme-challenge.deep.below.example.test");
  EXPECT_EQ(place->zone, "example.test");
  EXPECT_TRUE(place->aliases.empty());
}

TEST_F(Walk, FindsTheInnermostZone) {
  EXPECT_EQ(walk_.locate("_acme-challenge.sub.example.test", soon())->zone, "sub.example.test");
  EXPECT_EQ(walk_.locate("sub.example.test", soon())->zone, "sub.example.test");
}

TEST_F(Walk, FollowsAliasesToTheirZone) {
  for (FakeZones* zones : {&first_, &second_}) {
    zones->add("_acme-challenge.www.example.test", DnsType::kCname, "a.old.dns.example");
    zones->add("old.dns.example", DnsType::kDname, "new.dns.example");
  }
  const auto place = walk_.locate("_acme-challenge.www.example.test", soon());
  ASSERT_TRUE(place);
  EXPECT_EQ(place->name, "a.new.dns.example");
  EXPECT_EQ(place->zone, "dns.example");
  EXPECT_THAT(place->aliases, ElementsAre("_acme-challenge.www.example.test", "a.old.dns.example"));
}

// A value at the name itself takes the wildcard's place, and the target is hardly ours.
TEST_F(Walk, DoesNotFollowAnAliasThatAWildcardMakes) {
  const auto with_wildcard = [this](const FakeDns::Query& query) {
    DnsMessage reply = first_.answer(query.message);
    const DnsName& asked = query.message.questions.front().name;
    if (asked.is_within(*DnsName::parse("web.example.test")) && asked.text() != "web.example.test") {
      reply.rcode = DnsRcode::kNoError;
      reply.answers = {record_of(asked.text(), DnsType::kCname, "cdn.example")};
    }
    return std::vector<Bytes>{*encode_dns(reply)};
  };
  const FakeDns server(with_wildcard);
  const auto place = ZoneWalk(settings(server, server)).locate("_acme-challenge.a.web.example.test", soon());
  ASSERT_TRUE(place) << place.error().detail;
  EXPECT_EQ(place->name, "_acme-challenge.a.web.example.test");
}

TEST_F(Walk, DoesNotCountServersToWhichThereIsNoRoute) {
  first_.add("ns1.example.test", DnsType::kA, "192.0.2.1");
  first_.add("ns1.example.test", DnsType::kAaaa, "2001:db8::1");
  first_.add(kRecord.name, DnsType::kTxt, "value");
  ResolverSettings settings = Walk::settings(ns1_, ns1_);
  settings.elsewhere.erase("ns1.example.test");
  settings.elsewhere.emplace("192.0.2.1", ns1_.at());
  settings.egress = *EgressPolicy::with_allowed({"2001:db8::/32"});
  settings.patience = seconds{1};
  const auto seen = ZoneWalk(settings).look(kRecord, DnsPropagationMode::kAuthoritative, soon());
  ASSERT_EQ(seen->servers.size(), 3U);
  if (seen->servers[1].problem.find("no route") == std::string::npos)
    GTEST_SKIP() << "this host has a route to 2001:db8::1";
  EXPECT_TRUE(seen->everywhere);
}

TEST_F(Walk, SaysWhichAliasesGoRoundInACircle) {
  for (FakeZones* zones : {&first_, &second_}) {
    zones->add("a.example.test", DnsType::kCname, "b.example.test");
    zones->add("b.example.test", DnsType::kCname, "a.example.test");
  }
  const auto place = walk_.locate("a.example.test", soon());
  ASSERT_FALSE(place);
  EXPECT_EQ(place.error().code, Code::kInvalid);
  EXPECT_THAT(place.error().detail, HasSubstr("a.example.test -> b.example.test -> a.example.test"));
}

TEST_F(Walk, FollowsEightAliasesAndNoMore) {
  for (int i = 0; i < 9; ++i)
    for (FakeZones* zones : {&first_, &second_})
      zones->add("c" + std::to_string(i) + ".example.test", DnsType::kCname,
                 "c" + std::to_string(i + 1) + ".example.test");
  EXPECT_EQ(walk_.locate("c1.example.test", soon())->name, "c9.example.test");
  EXPECT_EQ(walk_.locate("c0.example.test", soon()).error().id, "dns-alias-loop");
}

TEST_F(Walk, BelievesTheZonesServerOfAnAliasNotTheResolver) {
  FakeZones stale;
  stale.add_zone("example.test", {"ns2.example.test"});
  const FakeDns resolver(stale.handler());
  ResolverSettings settings = Walk::settings(ns1_, ns2_);
  settings.resolvers = {resolver.at()};
  ZoneWalk walk(settings);
  second_.add("_acme-challenge.example.test", DnsType::kCname, "new.example.test");
  EXPECT_EQ(walk.locate("_acme-challenge.example.test", soon())->name, "new.example.test");
  stale.add("_acme-challenge.gone.example.test", DnsType::kCname, "old.example.test");
  EXPECT_EQ(walk.locate("_acme-challenge.gone.example.test", soon())->name,
            "_acme-challenge.gone.example.test");
}

TEST_F(Walk, SaysThatThereIsNoZone) {
  FakeZones root;
  root.add_zone(".", {"ns1.example.test"});
  const FakeDns resolver(root.handler());
  ResolverSettings settings = Walk::settings(ns1_, ns2_);
  settings.resolvers = {resolver.at()};
  const auto place = ZoneWalk(settings).locate("_acme-challenge.example.nowhere", soon());
  EXPECT_EQ(place.error().code, Code::kNotFound);
  EXPECT_THAT(place.error().detail, HasSubstr("registered"));
}

TEST_F(Walk, SaysThatNoResolverAnswers) {
  const FakeDns silent([](const FakeDns::Query&) { return std::vector<Bytes>{}; });
  ResolverSettings settings = Walk::settings(ns1_, ns2_);
  settings.resolvers = {silent.at()};
  settings.patience = milliseconds{50};
  const auto place = ZoneWalk(settings).locate("example.test", soon());
  EXPECT_EQ(place.error().code, Code::kUnavailable);
  EXPECT_THAT(place.error().detail, HasSubstr(silent.at().text()));
}

TEST_F(Walk, AsksTheNextResolverWhenOneFails) {
  const FakeDns refusing([](const FakeDns::Query& query) {
    DnsMessage reply = reply_to(query.message);
    reply.rcode = DnsRcode::kRefused;
    return std::vector<Bytes>{*encode_dns(reply)};
  });
  ResolverSettings settings = Walk::settings(ns1_, ns2_);
  settings.resolvers = {refusing.at(), ns1_.at()};
  EXPECT_EQ(ZoneWalk(settings).locate("www.example.test", soon())->zone, "example.test");
}

TEST_F(Walk, SaysWhichServerLacksTheValue) {
  first_.add(kRecord.name, DnsType::kTxt, "value");
  first_.add(kRecord.name, DnsType::kTxt, "foreign");
  second_.add(kRecord.name, DnsType::kTxt, "foreign");
  auto seen = walk_.look(kRecord, DnsPropagationMode::kAuthoritative, soon());
  ASSERT_TRUE(seen);
  EXPECT_FALSE(seen->everywhere);
  ASSERT_EQ(seen->servers.size(), 2U);
  EXPECT_TRUE(seen->servers[0].shows);
  EXPECT_EQ(seen->servers[0].server, "ns1.example.test " + ns1_.at().text());
  EXPECT_FALSE(seen->servers[1].shows);
  EXPECT_EQ(seen->servers[1].problem, "");
  second_.add(kRecord.name, DnsType::kTxt, "value");
  seen = walk_.look(kRecord, DnsPropagationMode::kAuthoritative, soon());
  EXPECT_TRUE(seen->everywhere);
}

TEST_F(Walk, AsksTheServersThemselvesWithoutRecursion) {
  EXPECT_TRUE(walk_.look(kRecord, DnsPropagationMode::kAuthoritative, soon()));
  ASSERT_EQ(ns2_.queries().size(), 1U);
  EXPECT_FALSE(ns2_.queries().front().message.recursion_desired);
  EXPECT_TRUE(ns1_.queries().front().message.recursion_desired);
}

TEST_F(Walk, TakesASilentServerForAnAnswer) {
  first_.add(kRecord.name, DnsType::kTxt, "value");
  const FakeDns silent([](const FakeDns::Query&) { return std::vector<Bytes>{}; });
  ResolverSettings settings = Walk::settings(ns1_, silent);
  settings.patience = milliseconds{300};
  const auto seen = ZoneWalk(settings).look(kRecord, DnsPropagationMode::kAuthoritative, soon());
  ASSERT_TRUE(seen);
  EXPECT_FALSE(seen->everywhere);
  EXPECT_THAT(seen->servers[1].problem, HasSubstr("no answer"));
}

TEST_F(Walk, SaysThatAServerDoesNotHaveTheZone) {
  first_.add(kRecord.name, DnsType::kTxt, "value");
  FakeZones other;
  other.add_zone("other.test", {"ns1.example.test"});
  const FakeDns lame(other.handler());
  const auto seen = ZoneWalk(settings(ns1_, lame)).look(kRecord, DnsPropagationMode::kAuthoritative, soon());
  EXPECT_FALSE(seen->everywhere);
  EXPECT_THAT(seen->servers[1].problem, HasSubstr("REFUSED"));
}

TEST_F(Walk, DoesNotAskServersAtAddressesThatAreNotPublic) {
  first_.add("ns1.example.test", DnsType::kA, "127.0.0.1");
  ResolverSettings settings = Walk::settings(ns1_, ns2_);
  settings.elsewhere.erase("ns1.example.test");
  const auto seen = ZoneWalk(settings).look(kRecord, DnsPropagationMode::kAuthoritative, soon());
  EXPECT_THAT(seen->servers[0].problem, HasSubstr("not public"));
}

TEST_F(Walk, FindsAServerElsewhereByItsAddress) {
  first_.add("ns1.example.test", DnsType::kA, "192.0.2.1");
  first_.add("ns1.example.test", DnsType::kAaaa, "2001:db8::1");
  first_.add(kRecord.name, DnsType::kTxt, "value");
  ResolverSettings settings = Walk::settings(ns1_, ns1_);
  settings.elsewhere.erase("ns1.example.test");
  settings.elsewhere.emplace("192.0.2.1", ns1_.at());
  settings.families = IpFamilies::kV4;
  const auto seen = ZoneWalk(settings).look(kRecord, DnsPropagationMode::kAuthoritative, soon());
  EXPECT_TRUE(seen->everywhere);
  EXPECT_EQ(seen->servers.size(), 2U);
}

TEST_F(Walk, AsksTheResolverAloneWhereToldTo) {
  first_.add(kRecord.name, DnsType::kTxt, "value");
  const auto seen = walk_.look(kRecord, DnsPropagationMode::kResolver, soon());
  EXPECT_TRUE(seen->everywhere);
  EXPECT_EQ(seen->servers.size(), 1U);
  EXPECT_TRUE(ns2_.queries().empty());
}

TEST_F(Walk, ClimbsToTheFirstCaaRecords) {
  first_.add("example.test", DnsType::kCaa, "issue ca.example; accounturi=https://ca.example/1");
  const auto caa = climb_to_caa(walk_, "*.www.example.test", DnsPropagationMode::kAuthoritative, soon());
  ASSERT_TRUE(caa);
  ASSERT_EQ(caa->size(), 2U);
  EXPECT_EQ(caa->back().name, "example.test");
  EXPECT_EQ(caa->front().zone, "example.test");
  EXPECT_THAT(caa->back().servers[0].values,
              ElementsAre("0 issue \"ca.example; accounturi=https://ca.example/1\""));
  EXPECT_TRUE(caa->back().servers[1].values.empty());
}

TEST_F(Walk, FollowsTheAliasOfANameButNotItsParentsToCaaRecords) {
  for (FakeZones* zones : {&first_, &second_}) {
    zones->add("www.example.test", DnsType::kCname, "host.dns.example");
    zones->add("dns.example", DnsType::kCaa, "issue other.example");
    zones->add("example.test", DnsType::kCaa, "issue ca.example");
  }
  const auto caa = climb_to_caa(walk_, "www.example.test", DnsPropagationMode::kAuthoritative, soon());
  ASSERT_TRUE(caa);
  EXPECT_EQ(caa->back().name, "example.test");
  EXPECT_EQ(caa->front().place, "host.dns.example");
}

TEST_F(Walk, ReadsAnAliasAtItsOwnName) {
  first_.add("_acme-challenge.example.test", DnsType::kCname, "X.dns.example");
  const auto seen = walk_.read("_acme-challenge.example.test", "example.test", DnsRecordType::kCname,
                               DnsPropagationMode::kAuthoritative, soon());
  ASSERT_TRUE(seen);
  EXPECT_THAT((*seen)[0].values, ElementsAre("x.dns.example"));
  EXPECT_TRUE((*seen)[1].values.empty());
}

TEST_F(Walk, ReadsAllTextsOfEachServer) {
  first_.add(kRecord.name, DnsType::kTxt, std::string(300, 'x'));
  first_.add(kRecord.name, DnsType::kTxt, "two");
  const auto seen =
      walk_.read(kRecord.name, "", DnsRecordType::kTxt, DnsPropagationMode::kAuthoritative, soon());
  ASSERT_TRUE(seen);
  EXPECT_THAT((*seen)[0].values, ElementsAre("two", std::string(300, 'x')));
}

TEST(ResolverSettings, AreReadFromTexts) {
  const auto settings =
      parse_resolver_settings({"192.0.2.53, [2001:db8::53]:5353",
                               "NS1.example.test.=127.0.0.1:5353 192.0.2.1=10.0.0.1", "v4", "10.0.0.0/8"});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->resolvers[1].text(), "[2001:db8::53]:5353");
  EXPECT_EQ(settings->elsewhere.at("ns1.example.test").text(), "127.0.0.1:5353");
  EXPECT_EQ(settings->elsewhere.at("192.0.2.1").text(), "10.0.0.1");
  EXPECT_EQ(settings->families, IpFamilies::kV4);
  for (const ResolverTexts& bad : std::vector<ResolverTexts>{
           {"ns1", "", "", ""}, {"", "ns1", "", ""}, {"", "", "v5", ""}, {"", "", "", "10.0.0.0/99"}})
    EXPECT_EQ(parse_resolver_settings(bad).error().code, Code::kInvalid);
}

TEST(ResolverSettings, AreThoseOfTheHostWhereNoneAreGiven) {
  const auto servers =
      parse_resolv_conf("# c\nsearch example\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\n");
  ASSERT_EQ(servers.size(), 1U);
  EXPECT_EQ(servers[0].text(), "192.0.2.1");
  EXPECT_EQ(parse_resolv_conf("")[0].text(), "127.0.0.1");
}

}  // namespace
}  // namespace certstead
