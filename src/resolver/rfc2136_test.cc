#include "resolver/rfc2136_provider.h"

#include <gmock/gmock.h>

#include "base/encoding.h"
#include "base/fake_clock.h"
#include "resolver/fake_dns_testing.h"
#include "resolver/tsig_key_file.h"

namespace certstead {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const TxtRecord kRecord{"_acme-challenge.example.test", "example.test", "value"};

Deadline soon() { return Deadline::after(seconds{60}); }

class Rfc2136 : public testing::Test {
 protected:
  DnsSecrets secrets(std::string_view base64 = "c2VjcmV0") {
    DnsSecrets out;
    out.emplace("tsig_secret", SecretBytes(view_bytes(base64)));
    return out;
  }
  Result<std::unique_ptr<DnsProvider>> open(std::map<std::string, std::string> settings,
                                            const DnsSecrets& given) {
    DnsAccount account;
    account.settings = std::move(settings);
    return open_rfc2136(account, given, {&clock_, EgressPolicy::anywhere()},
                        [this](const DnsTraceLine& line) { trace_.push_back(line.step + " " + line.text); });
  }
  std::unique_ptr<DnsProvider> provider(const FakeDns& server) {
    return *open({{"nameserver", server.at().text()}, {"tsig_key", "upd"}}, secrets());
  }
  // A server that answers every update with `rcode`, signed.
  FakeDns::Handler answering(DnsRcode rcode) {
    return [this, rcode](const FakeDns::Query& query) {
      DnsMessage reply = reply_to(query.message);
      reply.rcode = rcode;
      return std::vector<Bytes>{sign_dns(*encode_dns(reply), *make_tsig_key("upd", "", key_text_),
                                         clock_.now(), query.message.tsig->mac)
                                    .bytes};
    };
  }
  FakeClock clock_;
  std::vector<std::string> trace_;
  SecretBytes key_text_{view_bytes("c2VjcmV0")};
};

TEST_F(Rfc2136, AddsOneValueAndTakesExactlyThisOneAway) {
  const FakeDns server(answering(DnsRcode::kNoError));
  const auto one = provider(server);
  ASSERT_TRUE(one->add(kRecord, soon()));
  ASSERT_TRUE(one->remove(kRecord, "", soon()));
  const auto queries = server.queries();
  ASSERT_EQ(queries.size(), 2U);
  const DnsMessage &add = queries[0].message, &remove = queries[1].message;
  EXPECT_EQ(add.questions.front().name.text(), "example.test");
  ASSERT_EQ(add.authority.size(), 1U);
  EXPECT_EQ(add.authority[0].klass, DnsClass::kIn);
  EXPECT_EQ(add.authority[0].ttl, 120U);
  EXPECT_EQ(data_text(add.authority[0]), "\"value\"");
  EXPECT_EQ(remove.authority[0].klass, DnsClass::kNone);
  EXPECT_EQ(remove.authority[0].ttl, 0U);
  EXPECT_EQ(data_text(remove.authority[0]), "\"value\"");
  EXPECT_TRUE(queries[0].tcp);
  EXPECT_THAT(trace_, ElementsAre("add _acme-challenge.example.test TXT \"value\": done",
                                  "remove _acme-challenge.example.test TXT \"value\": done"));
}

TEST_F(Rfc2136, DoesNotBelieveAnUnsignedSuccess) {
  const FakeDns server(
      [](const FakeDns::Query& query) { return std::vector<Bytes>{*encode_dns(reply_to(query.message))}; });
  EXPECT_EQ(provider(server)->add(kRecord, soon()).error().id, "tsig-forged");
}

TEST_F(Rfc2136, SaysWhatEachRefusalMeansAndTheWayOut) {
  const std::vector<std::tuple<DnsRcode, Code, std::string>> rows = {
      {DnsRcode::kRefused, Code::kDenied, "has to grant the key upd"},
      {DnsRcode::kNotAuth, Code::kInvalid, "not the primary"},
      {DnsRcode::kNotZone, Code::kInvalid, "delegated"},
      {DnsRcode::kNotImp, Code::kInvalid, "takes no DNS updates"},
      {DnsRcode::kFormErr, Code::kInvalid, "FORMERR"}};
  for (const auto& [rcode, code, words] : rows) {
    const FakeDns server(answering(rcode));
    const auto added = provider(server)->add(kRecord, soon());
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, code) << words;
    EXPECT_THAT(added.error().detail, HasSubstr(words));
    EXPECT_THAT(added.error().detail, HasSubstr(server.at().text()));
    EXPECT_EQ(server.queries().size(), 1U);
  }
}

TEST_F(Rfc2136, TriesAgainWhatMayGoBetter) {
  std::atomic<int> count = 0;
  const FakeDns server([&](const FakeDns::Query& query) {
    return answering(++count < 3 ? DnsRcode::kServFail : DnsRcode::kNoError)(query);
  });
  EXPECT_TRUE(provider(server)->add(kRecord, soon()));
  EXPECT_EQ(count, 3);
}

TEST_F(Rfc2136, FindsAServerByItsName) {
  const FakeDns server(answering(DnsRcode::kRefused));
  const auto one =
      open({{"nameserver", "localhost:" + std::to_string(server.at().port)}, {"tsig_key", "upd"}}, secrets());
  ASSERT_TRUE(one) << one.error().detail;
  EXPECT_THAT((*one)->add(kRecord, soon()).error().detail,
              HasSubstr("localhost (" + server.at().text() + ") refuses to change"));
}

TEST_F(Rfc2136, EndsAtItsDeadlineWhenTheServerIsSilent) {
  const FakeDns server([](const FakeDns::Query&) { return std::vector<Bytes>{}; });
  const auto added = provider(server)->add(kRecord, Deadline::after(milliseconds{100}));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::kUnavailable);
}

TEST_F(Rfc2136, FindsTheZoneAtTheServerWhereNobodySaid) {
  FakeZones zones;
  zones.add_zone("example.test", {"ns1.example.test"});
  const FakeDns server([&](const FakeDns::Query& query) {
    if (query.message.opcode == DnsOpcode::kQuery) return zones.handler()(query);
    return answering(DnsRcode::kNoError)(query);
  });
  ASSERT_TRUE(provider(server)->add({kRecord.name, "", "value"}, soon()));
  EXPECT_EQ(server.queries().back().message.questions.front().name.text(), "example.test");
}

TEST_F(Rfc2136, SendsNothingThatIsNoRecordOfTheZone) {
  const FakeDns server(answering(DnsRcode::kNoError));
  const auto one = provider(server);
  for (const TxtRecord& bad : std::vector<TxtRecord>{{"_acme-challenge.other.test", "example.test", "v"},
                                                     {kRecord.name, kRecord.zone, ""},
                                                     {kRecord.name, kRecord.zone, std::string(256, 'v')},
                                                     {kRecord.name, kRecord.zone, "a\nb"},
                                                     {"a..b", kRecord.zone, "v"}})
    EXPECT_EQ(one->add(bad, soon()).error().code, Code::kInvalid) << bad.name << bad.value;
  EXPECT_TRUE(server.queries().empty());
}

TEST_F(Rfc2136, NamesTheSettingThatIsWrong) {
  const DnsSecrets none;
  EXPECT_THAT(open({}, none).error().detail, HasSubstr("nameserver"));
  EXPECT_THAT(open({{"nameserver", "ns1:x"}}, none).error().detail, HasSubstr("nameserver"));
  EXPECT_THAT(open({{"nameserver", "ns1"}, {"tsig_key", "upd"}}, none).error().detail,
              HasSubstr("tsig_secret"));
  EXPECT_THAT(open({{"nameserver", "ns1"}}, secrets()).error().detail, HasSubstr("tsig_key"));
  EXPECT_THAT(open({{"nameserver", "ns1"}, {"ttl", "1d"}}, none).error().detail, HasSubstr("ttl"));
  const auto bad = open({{"nameserver", "ns1"}, {"tsig_key", "upd"}}, secrets("not base64!"));
  EXPECT_THAT(bad.error().detail, HasSubstr("base64"));
  EXPECT_THAT(bad.error().detail, Not(HasSubstr("not base64!")));
  EXPECT_TRUE(open({{"nameserver", "192.0.2.1"}}, none));
}

TEST_F(Rfc2136, TakesAWholeKeyFile) {
  const FakeDns server(answering(DnsRcode::kNoError));
  DnsSecrets whole;
  whole.emplace("tsig",
                SecretBytes(view_bytes("key \"upd\" { algorithm hmac-sha256; secret \"c2VjcmV0\"; };")));
  const auto one = open({{"nameserver", server.at().text()}}, whole);
  ASSERT_TRUE(one) << one.error().detail;
  EXPECT_TRUE((*one)->add(kRecord, soon()));
  EXPECT_FALSE(open({{"nameserver", "ns1"}, {"tsig_key", "two"}}, whole));
}

TEST(Rfc2136Facts, NameTheSettingsThatThereAre) {
  const DnsProviderFacts facts = rfc2136_facts();
  EXPECT_EQ(facts.code, "rfc2136");
  EXPECT_EQ(facts.settings.front().environment, "RFC2136_NAMESERVER");
}

}  // namespace
}  // namespace certstead
