#include "resolver/dns_client.h"

#include <gmock/gmock.h>

#include <set>

#include "resolver/fake_dns_testing.h"
#include "resolver/host_lookup.h"

namespace certstead {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

const DnsQuestion kQuestion{*DnsName::parse("_acme-challenge.www.example.test"), DnsType::kTxt,
                            DnsClass::kIn};

class Client : public testing::Test {
 protected:
  Result<DnsMessage> ask(const FakeDns& server, Deadline deadline = Deadline::after(seconds{60})) {
    return client_.ask(server.at(), kQuestion, false, deadline);
  }
  static DnsMessage answer_with(const DnsMessage& query, std::string_view text) {
    DnsMessage reply = reply_to(query);
    reply.answers.push_back(record_of("_acme-challenge.www.example.test", DnsType::kTxt, text));
    return reply;
  }
  static std::string text_of(const Result<DnsMessage>& reply) {
    return reply && !reply->answers.empty() ? data_text(reply->answers.front()) : "nothing";
  }
  DnsClient client_{EgressPolicy::anywhere()};
};

TEST_F(Client, TakesTheAnswerOfItsServer) {
  const FakeDns server([](const FakeDns::Query& query) {
    return std::vector<Bytes>{*encode_dns(answer_with(query.message, "value"))};
  });
  EXPECT_EQ(text_of(ask(server)), "\"value\"");
}

TEST_F(Client, TalksOverIpv6) {
  const FakeDns server(
      [](const FakeDns::Query& query) {
        DnsMessage reply = query.tcp ? answer_with(query.message, "six") : reply_to(query.message);
        reply.truncated = !query.tcp;
        return std::vector<Bytes>{*encode_dns(reply)};
      },
      {true, true});
  if (server.at().port == 0) GTEST_SKIP() << "this host has no ::1";
  EXPECT_EQ(text_of(ask(server)), "\"six\"");
  EXPECT_EQ(server.queries().size(), 2U);
}

TEST_F(Client, SendsOverUdpWhereNoConnectionIsTaken) {
  const FakeDns server(
      [](const FakeDns::Query& query) {
        DnsMessage other = reply_to(query.message);
        ++other.id;
        return std::vector<Bytes>{{1}, *encode_dns(other), *encode_dns(reply_to(query.message))};
      },
      {false, false});
  DnsMessage message;
  message.id = 4711;
  message.questions.push_back(kQuestion);
  const auto answer = client_.exchange(server.at(), *encode_dns(message), Deadline::after(seconds{60}));
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(decode_dns(*answer)->id, 4711);
  EXPECT_FALSE(server.queries().front().tcp);
}

TEST_F(Client, PassesOverRepliesThatAreNotOurs) {
  const FakeDns server([](const FakeDns::Query& query) {
    DnsMessage other_id = answer_with(query.message, "forged"), other_name = other_id, no_reply = other_id;
    ++other_id.id;
    other_name.questions.front().name = *DnsName::parse("example.test");
    no_reply.reply = false;
    return std::vector<Bytes>{{1, 2, 3},
                              *encode_dns(other_id),
                              *encode_dns(other_name),
                              *encode_dns(no_reply),
                              *encode_dns(answer_with(query.message, "ours"))};
  });
  EXPECT_EQ(text_of(ask(server)), "\"ours\"");
}

TEST_F(Client, AsksOverTcpWhereTheLettersOfTheAnswerDiffer) {
  const FakeDns server([](const FakeDns::Query& query) {
    DnsMessage reply = answer_with(query.message, query.tcp ? "over TCP" : "forged");
    reply.questions.front().name = reply.questions.front().name.lower();
    return std::vector<Bytes>{*encode_dns(reply)};
  });
  EXPECT_EQ(text_of(ask(server)), "\"over TCP\"");
}

TEST_F(Client, AsksOverTcpForAnAnswerThatIsCutOff) {
  const FakeDns server([](const FakeDns::Query& query) {
    DnsMessage reply =
        query.tcp ? answer_with(query.message, std::string(3000, 'x')) : reply_to(query.message);
    reply.truncated = !query.tcp;
    return std::vector<Bytes>{*encode_dns(reply)};
  });
  EXPECT_EQ(text_of(ask(server)), '"' + std::string(3000, 'x') + '"');
}

TEST_F(Client, AsksWithoutEdnsAServerThatKnowsNone) {
  const FakeDns server([](const FakeDns::Query& query) {
    DnsMessage refusal;
    refusal.id = query.message.id;
    refusal.reply = true;
    refusal.rcode = DnsRcode::kFormErr;
    return std::vector<Bytes>{
        *encode_dns(query.message.edns ? refusal : answer_with(query.message, "old server"))};
  });
  EXPECT_EQ(text_of(ask(server)), "\"old server\"");
}

TEST_F(Client, AsksAgainWithNewChanceWhenNothingComesBack) {
  std::atomic<int> count = 0;
  const FakeDns server([&](const FakeDns::Query& query) {
    if (++count < 3) return std::vector<Bytes>{};
    return std::vector<Bytes>{*encode_dns(answer_with(query.message, "third"))};
  });
  EXPECT_EQ(text_of(ask(server)), "\"third\"");
  std::set<std::pair<std::uint16_t, std::string>> different;
  for (const FakeDns::Query& query : server.queries())
    different.emplace(query.message.id, view_text(query.message.questions.front().name.wire()));
  EXPECT_EQ(different.size(), server.queries().size());
}

TEST_F(Client, SaysThatThereWasNoAnswerInTime) {
  const FakeDns server([](const FakeDns::Query&) { return std::vector<Bytes>{}; });
  const auto reply = ask(server, Deadline::after(milliseconds{50}));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().id, "dns-no-answer");
  EXPECT_THAT(reply.error().detail, HasSubstr(server.at().text()));
}

TEST_F(Client, SaysThatTheAnswerIsNoDnsMessage) {
  const FakeDns server([](const FakeDns::Query&) { return std::vector<Bytes>{to_bytes("HTTP/1.1 400")}; });
  EXPECT_EQ(ask(server, Deadline::after(milliseconds{50})).error().id, "dns-malformed");
}

TEST_F(Client, SaysThatNothingListens) {
  DnsServer gone;
  {
    const FakeDns server([](const FakeDns::Query&) { return std::vector<Bytes>{}; });
    gone = server.at();
  }
  const auto reply = client_.ask(gone, kQuestion, false, Deadline::after(seconds{60}));
  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().detail, HasSubstr("nothing listens"));
}

TEST_F(Client, NeverTalksToAnAddressThatThePolicyHasClosed) {
  const FakeDns server(
      [](const FakeDns::Query& query) { return std::vector<Bytes>{*encode_dns(reply_to(query.message))}; });
  const DnsClient strict{EgressPolicy()};
  EXPECT_EQ(strict.ask(server.at(), kQuestion, false, Deadline::after(seconds{60})).error().id, "dns-egress");
  EXPECT_EQ(strict.exchange(server.at(), {}, Deadline::after(seconds{60})).error().code, Code::kDenied);
  EXPECT_TRUE(server.queries().empty());
}

TEST(HostLookup, FindsAddressesAndNamesOfTheSystem) {
  EXPECT_EQ(find_host({"192.0.2.1", 5353}, Deadline::after(seconds{60}))->front().text(), "192.0.2.1:5353");
  const auto here = find_host({"localhost", 53}, Deadline::after(seconds{60}));
  ASSERT_TRUE(here) << here.error().detail;
  EXPECT_TRUE(here->front().address == *IpAddress::parse("127.0.0.1") ||
              here->front().address == *IpAddress::parse("::1"));
}

TEST(HostLookup, EndsAtItsDeadline) {
  const auto late = find_host({"localhost", 53}, Deadline::after(seconds{-1}));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().id, "dns-no-address");
  EXPECT_THAT(late.error().detail, HasSubstr("no time left"));
}

TEST(DnsServer, IsReadAndWrittenWithItsPort) {
  for (const std::string text : {"192.0.2.53", "127.0.0.1:5353", "2001:db8::53", "[::1]:5353"})
    EXPECT_EQ(parse_dns_server(text)->text(), text);
  EXPECT_EQ(parse_dns_server("[::1]")->text(), "::1");
  for (const std::string_view text :
       {"", "ns1", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536", "[::1", ":53"})
    EXPECT_FALSE(parse_dns_server(text)) << text;
  EXPECT_EQ(parse_host_and_port("ns1.example.test:5353")->host, "ns1.example.test");
}

}  // namespace
}  // namespace certstead
