// The published documents of HCL Domino, imported as they are, against zones in the shape of their providers'
// APIs and the real challenge server of Pebble.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "dns/dxl_companions.h"
#include "dns/dxl_definition.h"
#include "dns/dxl_zone.h"
#include "lab/free_port.h"
#include "resolver/dns_client.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

TEST_F(DxlZone, CloudflareFindsTheZoneAndTakesItsOwnRecordsAway) {
  if (!start("cloudflare")) return;
  add_and_remove_two();
  EXPECT_THAT(trace_, HasSubstr("/zones?name=example.test"));
}

TEST_F(DxlZone, CloudflareAsksForNoZoneThatTheAccountNames) {
  if (!start("cloudflare")) return;
  account_.settings["cfg_DnsZone"] = "023e105f4ecef8ad9ca31a8372d0c353";
  add_and_remove_two();
  EXPECT_THAT(trace_, Not(HasSubstr("/zones?name=")));
}

TEST_F(DxlZone, CloudflareTakesAValueThatStandsThereAsDone) {
  if (!start("cloudflare")) return;
  const auto provider = open();
  const std::string kept = add(*provider, kFirst);
  add(*provider, kFirst);
  remove(*provider, kFirst, kept);
  EXPECT_THAT(zone_->values(), ElementsAre(kForeign));
}

TEST_F(DxlZone, WrongCredentialsAreRefusedInTheProvidersWords) {
  if (!start("cloudflare")) return;
  // Of the form that tokens have there.
  const std::string wrong = "wrong-token-" + std::string(28, '7');
  set_secret("cfg_AuthToken", wrong);
  const FakeZone::Rows before = zone_->records();
  const auto kept = open()->add(challenge(kFirst), soon());
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, Code::kDenied);
  EXPECT_THAT(kept.error().detail,
              HasSubstr("Lookup: GET https://api.cloudflare.com/client/v4/zones: the provider answers 403"));
  EXPECT_THAT(kept.error().detail, HasSubstr("Invalid access token"));
  EXPECT_THAT(kept.error().detail + trace_, Not(HasSubstr(wrong)));
  EXPECT_EQ(zone_->records(), before);
}

TEST_F(DxlZone, DesecReadsTheSetAndWritesItBack) {
  if (!start("desec", {"FAKE_ZONE_MINIMUM_TTL=60"})) return;
  add_and_remove_two();
}

TEST_F(DxlZone, DesecRemovesItsValueAlsoWhenWhatWasKeptIsLost) {
  if (!start("desec", {"FAKE_ZONE_MINIMUM_TTL=60"})) return;
  const FakeZone::Rows before = zone_->records();
  const auto provider = open();
  add(*provider, kFirst);
  remove(*provider, kFirst, "");
  EXPECT_EQ(zone_->records(), before) << trace_;
}

TEST_F(DxlZone, DesecSaysWhichTtlTheDomainWants) {
  if (!start("desec")) return;
  const FakeZone::Rows before = zone_->records();
  const auto kept = open()->add(challenge(kFirst), soon());
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().detail, HasSubstr("greater than or equal to 3600"));
  EXPECT_EQ(zone_->records(), before);
}

TEST_F(DxlZone, DesecLosesNoForeignValueWhenAQuestionFails) {
  if (!start("desec", {"FAKE_ZONE_MINIMUM_TTL=60"})) return;
  const auto provider = open();
  const std::string kept = add(*provider, kFirst);
  for (const std::string how : {"500", "429", "text"}) {
    zone_->fail(how);
    EXPECT_FALSE(provider->add(challenge(kSecond), soon())) << how;
    EXPECT_FALSE(provider->remove(challenge(kFirst), kept, soon())) << how;
  }
  zone_->fail("ok");
  EXPECT_THAT(zone_->values(), UnorderedElementsAre(kFirst, kForeign));
}

TEST_F(DxlZone, DesecLosesNothingWhenTenOrdersWriteOneName) {
  if (!start("desec", {"FAKE_ZONE_MINIMUM_TTL=60"})) return;
  const auto provider = open();
  std::vector<std::thread> threads;
  std::vector<std::string> wanted = {kForeign}, kept(10);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const std::string value = "order-" + std::to_string(i) + std::string(30, 'x');
    wanted.push_back(value);
    threads.emplace_back([&provider, &one = kept[i], value] {
      const auto added = provider->add(challenge(value), soon());
      EXPECT_TRUE(added) << added.error().detail;
      one = added ? *added : "";
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(zone_->values(), testing::UnorderedElementsAreArray(wanted));
}

// Whatever lies there: a configuration is understood, accounts and challenges are taken without one.
TEST(PublishedDocuments, AreAllTaken) {
  const std::filesystem::path directory = "../shared/data/dxl";
  if (!std::filesystem::is_directory(directory)) GTEST_SKIP() << "the reference data is not here";
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    if (file.path().extension() != ".dxl") continue;
    SCOPED_TRACE(file.path().filename().string());
    const Result<std::string> text = read_text_file(file.path());
    ASSERT_TRUE(text) << text.error().detail;
    const auto found = dxl_companions({"", "dxl", *text, "", {}, 0}, {});
    ASSERT_TRUE(found) << found.error().detail;
    if (found->has_definition) {
      EXPECT_TRUE(parse_dxl_definition(found->text, ""));
    } else {
      EXPECT_FALSE(found->accounts.empty() && found->acme.empty() && found->notes.empty());
    }
  }
}

// Values of the TXT records that the DNS server at this port shows for the challenge's name.
std::vector<std::string> shown_by_dns(std::uint16_t port) {
  const DnsClient client(EgressPolicy::anywhere());
  const auto name = DnsName::parse(kChallengeName);
  const auto server = parse_dns_server("127.0.0.1:" + std::to_string(port));
  if (!name || !server) return {"cannot ask"};
  // The challenge server compares letters with their case, so that the query must not mix it.
  DnsMessage query;
  query.id = 7;
  query.recursion_desired = true;
  query.questions = {{*name, DnsType::kTxt}};
  const auto bytes = encode_dns(query);
  if (!bytes) return {bytes.error().detail};
  const auto reply = client.exchange(*server, *bytes, soon());
  if (!reply) return {reply.error().detail};
  const auto message = decode_dns(*reply);
  if (!message) return {message.error().detail};
  std::vector<std::string> out;
  for (const DnsRecord& record : message->answers)
    if (const auto* const txt = std::get_if<DnsTxt>(&record.data)) out.push_back(txt->joined());
  return out;
}

class ChallengeTestServer : public DxlDocuments {
 protected:
  bool start() {
    if (!have_program("pebble-challtestsrv")) {
      [] { GTEST_SKIP() << "the program pebble-challtestsrv (package pebble) is not there"; }();
      return false;
    }
    if (!read("pebble_lab")) return false;
    const auto ports = free_ports(2);
    EXPECT_TRUE(ports);
    if (!ports) return false;
    dns_port_ = ports->at(0);
    management_port_ = ports->at(1);
    const std::string host = "127.0.0.1:";
    auto process =
        Process::start({.command = {"pebble-challtestsrv", "-dns01", host + std::to_string(dns_port_),
                                    "-management", host + std::to_string(management_port_), "-http01", "",
                                    "-https01", "", "-tlsalpn01", ""},
                        .environment = {},
                        .output = directory_.path() / "log"});
    EXPECT_TRUE(process);
    if (!process) return false;
    process_ = std::move(*process);
    EXPECT_TRUE(wait_for_port(management_port_, *process_));
    EXPECT_TRUE(wait_for_port(dns_port_, *process_));
    auto clients = make_exchange_clients();
    EXPECT_TRUE(clients) << clients.error().detail;
    if (!clients) return false;
    clients_ = std::move(*clients);
    auto factory = ProviderFactory::make({.clients = clients_.view(), .clock = &clock_});
    EXPECT_TRUE(factory);
    if (factory) factory_ = std::move(*factory);
    return !HasFailure();
  }

  TempDir directory_;
  std::optional<Process> process_;
  std::uint16_t dns_port_ = 0, management_port_ = 0;
  OwnedClients clients_;
};

TEST_F(ChallengeTestServer, ShowsBothValuesThatTheLabDocumentAdds) {
  if (!start()) return;
  account_.name = "pebble";
  account_.settings["cfg_URL"] = "http://127.0.0.1:" + std::to_string(management_port_) + "/set-txt";
  const auto provider = open();
  ASSERT_NE(provider, nullptr);
  const std::string first = add(*provider, kFirst);
  add(*provider, kSecond);
  EXPECT_THAT(shown_by_dns(dns_port_), UnorderedElementsAre(kFirst, kSecond)) << trace_;
  // The document has no step for it.
  remove(*provider, kFirst, first);
}

TEST_F(ChallengeTestServer, TheLabDocumentReachesItsOwnAddressOnceThatIsApproved) {
  if (!start()) return;
  const auto refused = factory_->open(account_, secrets_, &definition_, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "command-not-approved");
  EXPECT_THAT(refused.error().detail, HasSubstr("http://127.0.0.1:8055"));
  const auto facts = factory_->describe(definition_);
  ASSERT_TRUE(facts);
  definition_.approved = facts->help.substr(facts->help.find("SHA-256 to approve: ") + 20, 64);
  EXPECT_NE(open(), nullptr);
}

}  // namespace
}  // namespace certstead
