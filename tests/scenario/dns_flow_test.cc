// Names proved over DNS: the whole flow with zones, providers and a CA that do what the test asks for.
#include <gmock/gmock.h>

#include <thread>

#include "base/id.h"
#include "manager/dns_secrets.h"
#include "model/dns_challenge.h"
#include "support/test_manager.h"

namespace certstead {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr const char* kName = "_acme-challenge.example.test";

DnsAccount dns_account(TestManager& m, const std::string& name, const std::vector<std::string>& domains) {
  DnsAccount account;
  account.id = make_id();
  account.name = name;
  account.provider = "fake";
  for (const std::string& domain : domains) account.domains.push_back(DomainName::parse(domain).value());
  DnsSecrets secrets;
  secrets["token"] = SecretBytes(view_bytes("right"));
  Sealed sealed = seal_dns_secrets(*m.vault, account.id, 1, secrets).value();
  account.secrets = sealed.secret;
  account.grants = sealed.grants;
  account.secrets_since = account.created = m.clock.now();
  return account;
}

void add_account(TestManager& m, const DnsAccount& account) {
  ASSERT_TRUE(m.store->dns_accounts().create_dns_account(account, {"test", "dns.add", account.name, ""}));
}

void watch_the_ca(TestManager& m) {
  m.ca.sees_txt = [&m](const std::string& name, const std::string& value) {
    return m.dns.shows(name, value);
  };
}

std::size_t sweep(TestManager& m) {
  return m.dns_records->sweep([] { return false; }).value();
}
std::size_t journal(TestManager& m) { return m.store->dns_journal().list_dns_records()->size(); }

void request(TestManager& m, const std::vector<std::string>& names,
             const std::vector<std::string>& keys = {"p256"}) {
  RequestInput input = m.input(names);
  input.key_types = keys;
  const auto made = m.requests->request(input, m.actor);
  ASSERT_TRUE(made) << made.error().detail;
}

TEST(DnsFlow, WildcardAndBaseNameOfTwoKeyTypesAreIssuedAndNothingIsLeft) {
  TestManager m;
  add_account(m, dns_account(m, "main", {"example.test"}));
  watch_the_ca(m);
  m.dns.add(kName, "somebody else's");
  std::size_t most = 0;
  m.dns_providers.written = [&](const TxtRecord&) { most = std::max(most, m.dns.values(kName).size()); };
  const SetView view = m.issue({"*.example.test", "example.test"}, {"p256", "rsa2048"});
  EXPECT_EQ(view.set.status, SetStatus::kIssued) << view.set.operation.last_error;
  EXPECT_EQ(most, 5U) << "two names of two orders beside the foreign value, all at the same time";
  EXPECT_EQ(m.ca.unseen_challenges(), 0);
  EXPECT_EQ(sweep(m), 4U);
  EXPECT_THAT(m.dns.values(kName), UnorderedElementsAre("somebody else's"));
  EXPECT_EQ(journal(m), 0U);
}

TEST(DnsFlow, RecordIsWrittenWhereTheNameLeads) {
  TestManager m;
  add_account(m, dns_account(m, "delegated", {"acme.example.net"}));
  watch_the_ca(m);
  m.dns.cnames[kName] = "x.acme.example.net";
  std::vector<TxtRecord> written;
  m.dns_providers.written = [&](const TxtRecord& record) { written.push_back(record); };
  EXPECT_EQ(m.issue({"*.example.test"}).set.status, SetStatus::kIssued);
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written[0].name, "x.acme.example.net");
  EXPECT_EQ(written[0].zone, "acme.example.net");
  EXPECT_EQ(m.ca.unseen_challenges(), 0);
}

TEST(DnsFlow, AccountLabelIsPlannedFromWhereItsOwnNameLeads) {
  TestManager m;
  DnsAccount labelled = dns_account(m, "labelled", {"acme.example.net"});
  labelled.challenge = kDnsAccount01;
  add_account(m, labelled);
  watch_the_ca(m);
  m.issue({"www.lab.test"});  // makes the account at the CA
  const std::string url = m.store->accounts().find_account("fake", "default")->url;
  m.dns.cnames[m.ca.account_label(url) + "." + kName] = "x.acme.example.net";
  std::vector<TxtRecord> written;
  m.dns_providers.written = [&](const TxtRecord& record) { written.push_back(record); };
  EXPECT_EQ(m.issue({"*.example.test"}).set.status, SetStatus::kIssued)
      << m.show("example.test").set.operation.last_error;
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written[0].name, "x.acme.example.net");
  EXPECT_EQ(m.ca.unseen_challenges(), 0);
}

TEST(DnsFlow, NameThatNoAccountAnswersForIsProvedOverHttpBesideOthers) {
  TestManager m;
  add_account(m, dns_account(m, "main", {"example.test"}));
  watch_the_ca(m);
  int over_http = 0;
  m.ca.sees = [&](const std::string& token) {
    ++over_http;
    return m.view().http01(token).value().has_value();
  };
  EXPECT_EQ(m.issue({"*.example.test", "www.lab.test"}).set.status, SetStatus::kIssued);
  EXPECT_EQ(over_http, 1);
  EXPECT_EQ(m.ca.unseen_challenges(), 0);
}

TEST(DnsFlow, WildcardWithoutAnyAccountIsRefusedWithTheWayOut) {
  TestManager m;
  const auto made = m.requests->request(m.input({"*.example.test"}), m.actor);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().id, "wildcard-no-dns-account");
  EXPECT_THAT(made.error().detail, HasSubstr("certstead dns add"));
}

TEST(DnsFlow, WildcardThatNoAccountAnswersForCostsNoOrder) {
  TestManager m;
  add_account(m, dns_account(m, "other", {"lab.test"}));
  request(m, {"*.example.test"});
  m.run_due();
  const SetView view = m.show("example.test");
  EXPECT_EQ(view.set.operation.last_error_id, "wildcard-no-dns-account");
  EXPECT_THAT(view.set.operation.last_error, HasSubstr("certstead dns add --domain example.test"));
  EXPECT_EQ(m.ca.orders(), 0);
  add_account(m, dns_account(m, "main", {"example.test"}));
  m.clock.advance(minutes{2});
  m.run_due();
  EXPECT_EQ(m.show("example.test").set.status, SetStatus::kIssued);
}

TEST(DnsFlow, CaIsToldOnlyWhenTheSlowestServerShowsTheRecord) {
  TestManager m;
  add_account(m, dns_account(m, "main", {"example.test"}));
  watch_the_ca(m);
  m.dns.servers["ns2.test 192.0.2.2"] = seconds{30};
  request(m, {"*.example.test"});
  m.run_due();
  EXPECT_EQ(m.show("example.test").set.status, SetStatus::kPending);
  for (Duration passed{0}; passed < seconds{60}; passed += seconds{1}) {
    m.clock.advance(seconds{1});
    m.run_due();
  }
  EXPECT_EQ(m.show("example.test").set.status, SetStatus::kIssued);
  EXPECT_EQ(m.ca.unseen_challenges(), 0);
  EXPECT_LT(m.dns.looks(), 30) << "not in a tight circle";
  EXPECT_EQ(m.ca.orders(), 1);
}

TEST(DnsFlow, PropagationThatTakesTooLongIsAnAnswerAndTheOrderGoesOn) {
  TestManager m;
  DnsAccount account = dns_account(m, "main", {"example.test"});
  account.timeout = minutes{1};
  add_account(m, account);
  m.dns.servers["ns2.test 192.0.2.2"] = minutes{10};
  request(m, {"*.example.test"});
  for (Duration passed{0}; passed < minutes{2}; passed += seconds{5}) {
    m.run_due();
    m.clock.advance(seconds{5});
  }
  const SetView view = m.show("example.test");
  EXPECT_EQ(view.set.operation.last_error_id, "dns-propagation") << view.set.operation.last_error;
  EXPECT_THAT(view.set.operation.last_error, HasSubstr("ns2.test 192.0.2.2 does not show it"));
  EXPECT_THAT(view.set.operation.last_error, testing::Not(HasSubstr("ns1.test")));
  m.clock.advance(minutes{10});
  m.run_due();
  EXPECT_EQ(m.show("example.test").set.status, SetStatus::kIssued);
  EXPECT_EQ(m.ca.orders(), 1) << "the CA's order waited";
}

TEST(DnsFlow, DelayIsWaitedOutWithoutALook) {
  TestManager m;
  DnsAccount account = dns_account(m, "main", {"example.test"});
  account.propagation = DnsPropagationMode::kDelay;
  account.delay = minutes{2};
  add_account(m, account);
  request(m, {"*.example.test"});
  m.run_due();
  m.clock.advance(seconds{119});
  m.run_due();
  EXPECT_EQ(m.show("example.test").set.status, SetStatus::kPending);
  m.clock.advance(seconds{1});
  m.run_due();
  EXPECT_EQ(m.show("example.test").set.status, SetStatus::kIssued);
  EXPECT_EQ(m.dns.looks(), 0);
}

TEST(DnsFlow, ProviderThatRefusesLeavesTheOldCertificateAndIsTriedLessAndLess) {
  TestManager m;
  add_account(m, dns_account(m, "main", {"example.test"}));
  const SetView before = m.issue({"*.example.test"});
  sweep(m);
  m.dns_providers.add_fails =
      denied("add: https://api.test/ answered 403: no rights on the zone", "dns-denied");
  ASSERT_TRUE(m.requests->renew("example.test", true, m.actor));
  for (Duration passed{0}; passed < std::chrono::hours{24}; passed += minutes{1}) {
    m.run_due();
    m.clock.advance(minutes{1});
  }
  const SetView after = m.show("example.test");
  EXPECT_THAT(after.set.operation.last_error, HasSubstr("DNS account main"));
  EXPECT_THAT(after.set.operation.last_error, HasSubstr("no rights on the zone"));
  EXPECT_LE(after.set.operation.failures, 27);
  EXPECT_GT(after.set.operation.failures, 10);
  EXPECT_EQ(after.versions.size(), before.versions.size());
  EXPECT_EQ(m.ca.orders(), 2) << "one order waits for the provider";
  EXPECT_NE(after.health.overall(), Health::kGreen);
  m.dns_providers.add_fails.reset();
  m.clock.advance(std::chrono::hours{7});
  m.run_due();
  EXPECT_EQ(m.show("example.test").set.operation.failures, 0);
}

TEST(DnsFlow, RecordOfAnOrderThatIsGoneIsTakenAwayAfterARestart) {
  TestManager m;
  add_account(m, dns_account(m, "main", {"example.test"}));
  m.dns.servers["ns2.test 192.0.2.2"] = minutes{5};
  m.dns.add(kName, "somebody else's");
  request(m, {"*.example.test"});
  m.run_due();
  EXPECT_EQ(m.dns.values(kName).size(), 2U);
  m.restart();
  EXPECT_EQ(sweep(m), 0U) << "the order goes on and needs it";
  ASSERT_TRUE(m.requests->remove("example.test", m.actor));
  m.restart();
  EXPECT_EQ(sweep(m), 1U);
  EXPECT_THAT(m.dns.values(kName), UnorderedElementsAre("somebody else's"));
}

TEST(DnsFlow, RecordThatWasWrittenWhenWeDiedIsTakenAwayAlthoughNobodyNotedIt) {
  TestManager m;
  add_account(m, dns_account(m, "main", {"example.test"}));
  // The provider wrote it, and the answer was lost with the process.
  ASSERT_TRUE(m.store->dns_journal().begin_dns_record({"r1",
                                                       "main",
                                                       {kName, "example.test", "ours"},
                                                       "gone",
                                                       DnsRecordState::kAdding,
                                                       "",
                                                       0,
                                                       m.clock.now(),
                                                       "",
                                                       m.clock.now()}));
  m.dns.add(kName, "ours");
  m.dns.add(kName, "somebody else's");
  m.restart();
  EXPECT_EQ(sweep(m), 1U);
  EXPECT_THAT(m.dns.values(kName), UnorderedElementsAre("somebody else's"));
}

TEST(DnsFlow, RecordThatCantBeTakenAwayIsTriedAgainLaterAndLater) {
  TestManager m;
  add_account(m, dns_account(m, "main", {"example.test"}));
  m.issue({"*.example.test"});
  m.dns_providers.remove_fails = unavailable("remove: no answer");
  EXPECT_EQ(sweep(m), 0U);
  EXPECT_EQ(sweep(m), 0U) << "not at once again";
  const DnsRecordEntry waiting = m.store->dns_journal().list_dns_records()->front();
  EXPECT_EQ(waiting.attempts, 1);
  EXPECT_THAT(waiting.last_error, HasSubstr("no answer"));
  m.dns_providers.remove_fails.reset();
  m.clock.advance(minutes{2});
  EXPECT_EQ(sweep(m), 1U);
  EXPECT_EQ(m.dns.size(), 0U);
}

TEST(DnsFlow, ValueThatTwoOrdersShareStaysUntilBothAreDone) {
  TestManager m;
  add_account(m, dns_account(m, "main", {"example.test"}));
  watch_the_ca(m);
  m.ca.share_token("one");
  request(m, {"*.example.test"}, {"p256", "rsa2048"});
  m.run_due();
  EXPECT_EQ(m.show("example.test").set.status, SetStatus::kIssued);
  EXPECT_EQ(m.ca.unseen_challenges(), 0);
  EXPECT_EQ(journal(m), 2U);
  EXPECT_EQ(m.dns.size(), 1U);
  sweep(m);
  EXPECT_EQ(m.dns.size(), 0U);
}

TEST(DnsFlow, StandingRecordIsWantedWithItsTextAndThenProvesForEver) {
  TestManager m;
  DnsAccount account = dns_account(m, "standing", {"example.test"});
  account.challenge = "dns-persist-01";
  account.provider = "";
  add_account(m, account);
  request(m, {"*.example.test"});
  m.run_due();
  const SetView view = m.show("example.test");
  EXPECT_EQ(view.set.operation.last_error_id, "dns-persist-missing") << view.set.operation.last_error;
  EXPECT_THAT(view.set.operation.last_error,
              HasSubstr("_validation-persist.example.test \"ca.test; accounturi=https://ca.test/account/1; "
                        "policy=wildcard\""));
  m.dns.add("_validation-persist.example.test",
            "ca.test;accounturi=https://ca.test/account/1;policy=wildcard;persistUntil=4000000000");
  m.clock.advance(minutes{2});
  m.run_due();
  EXPECT_EQ(m.show("example.test").set.status, SetStatus::kIssued);
  EXPECT_EQ(m.dns.values("_validation-persist.example.test").size(), 1U) << "it stands";
  EXPECT_EQ(journal(m), 0U);
  EXPECT_EQ(m.ca.orders(), 1);
}

TEST(DnsFlow, HundredNamesAreWrittenSixteenAtATime) {
  TestManager m;
  add_account(m, dns_account(m, "main", {"example.test"}));
  watch_the_ca(m);
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back("n" + std::to_string(i) + ".example.test");
  m.dns_providers.written = [](const TxtRecord&) { std::this_thread::yield(); };
  EXPECT_EQ(m.issue(names).set.status, SetStatus::kIssued);
  EXPECT_EQ(m.ca.unseen_challenges(), 0);
  EXPECT_LE(m.dns_providers.most_at_once(), 16);
  EXPECT_EQ(sweep(m), 100U);
  EXPECT_EQ(m.dns.size(), 0U);
}

TEST(DnsFlow, TwentyOrdersAtOneNameLoseNoValueWhereTheApiReadsAndWrites) {
  TestManager m;
  add_account(m, dns_account(m, "main", {"example.test"}));
  m.dns_providers.reads_and_writes = true;
  m.dns.add(kName, "somebody else's");
  const auto accounts = m.store->dns_accounts().list_dns_accounts().value();
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&, i] {
      EXPECT_TRUE(m.dns_records->publish(accounts, {"o" + std::to_string(i), kName, "v" + std::to_string(i)},
                                         Deadline::after(seconds{60})));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(m.dns.values(kName).size(), 21U);
  EXPECT_EQ(sweep(m), 20U);
  EXPECT_THAT(m.dns.values(kName), UnorderedElementsAre("somebody else's"));
}

TEST(DnsFlow, SecretsOfOneAccountDoNotOpenForAnother) {
  TestManager m;
  DnsAccount thief = dns_account(m, "thief", {"lab.test"});
  const DnsAccount victim = dns_account(m, "victim", {"example.test"});
  thief.secrets = victim.secrets;
  thief.grants = victim.grants;
  EXPECT_EQ(open_dns_secrets(*m.vault, thief).error().id, "secret-moved");
  EXPECT_TRUE(open_dns_secrets(*m.vault, victim));
}

}  // namespace
}  // namespace certstead
