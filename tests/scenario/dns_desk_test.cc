// DNS accounts and definitions, tests, rotation, and what a person has to set.
#include <gmock/gmock.h>

#include "manager/dns_assist.h"
#include "manager/dns_desk.h"
#include "manager/dns_findings.h"
#include "manager/dns_import.h"
#include "manager/dns_secrets.h"
#include "manager/dns_trial.h"
#include "support/test_manager.h"

namespace certstead {
namespace {

using std::chrono::days;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kName = "_acme-challenge.example.test";

class Desks : public testing::Test {
 protected:
  DnsAccountInput input(const std::string& token = "right") const {
    DnsAccountInput out;
    out.provider = "fake";
    out.domains = std::vector<std::string>{"example.test"};
    out.secrets["token"] = SecretBytes(view_bytes(token));
    return out;
  }
  std::string error_of(const DnsAccountInput& wanted) {
    const auto added = desk.add("main", wanted, m.actor);
    return added ? "" : added.error().id + ": " + added.error().detail;
  }
  DnsSecrets token(const std::string& value) const {
    DnsSecrets out;
    out["FAKE_TOKEN"] = SecretBytes(view_bytes(value));
    return out;
  }

  TestManager m;
  DnsDesk desk{*m.context, m.dns_providers, *m.dns_records};
  DnsTrial trial{*m.context, *m.dns_records};
  DnsAssist assist{*m.context, *m.dns_records};
};

TEST_F(Desks, AccountIsAddedByLegosNamesAndShowsNoSecret) {
  DnsAccountInput wanted = input();
  wanted.secrets = token("right");
  wanted.settings["FAKE_ENDPOINT"] = "https://api.test";
  wanted.rotate_days = 90;
  const auto added = desk.add("main", wanted, m.actor);
  ASSERT_TRUE(added) << added.error().detail;
  EXPECT_EQ(added->account.settings.at("endpoint"), "https://api.test");
  EXPECT_THAT(added->secrets, ElementsAre("token"));
  EXPECT_EQ(added->rotate_at, m.clock.now() + days{90});
  const DnsSecrets opened = open_dns_secrets(*m.vault, added->account).value();
  EXPECT_EQ(view_text(opened.at("token").reveal()), "right");
  EXPECT_EQ(desk.add("main", wanted, m.actor).error().code, Code::kConflict);
}

TEST_F(Desks, EveryWrongInputIsNamed) {
  DnsAccountInput wanted = input();
  wanted.provider = "nobody";
  EXPECT_THAT(error_of(wanted), HasSubstr("certstead dns providers"));
  wanted = input();
  wanted.settings["colour"] = "red";
  EXPECT_THAT(error_of(wanted), HasSubstr("token (FAKE_TOKEN), endpoint (FAKE_ENDPOINT)"));
  wanted = input();
  wanted.settings["FAKE_TOKEN"] = "right";
  EXPECT_THAT(error_of(wanted), HasSubstr("is a secret"));
  wanted = input();
  wanted.secrets["FAKE_TOKEN"] = SecretBytes(view_bytes("right"));
  EXPECT_THAT(error_of(wanted), HasSubstr("given twice"));
  wanted = input();
  wanted.secrets.clear();
  EXPECT_THAT(error_of(wanted), HasSubstr("token is missing"));
  wanted = input();
  wanted.domains = std::vector<std::string>{};
  EXPECT_THAT(error_of(wanted), HasSubstr("--domain"));
  wanted = input();
  wanted.challenge = "dns-02";
  EXPECT_THAT(error_of(wanted), HasSubstr("dns-persist-01"));
  EXPECT_THAT(desk.list().value(), IsEmpty());
}

TEST_F(Desks, ChangeKeepsWhatIsNotGiven) {
  DnsAccountInput wanted = input();
  wanted.settings["endpoint"] = "https://api.test";
  ASSERT_TRUE(desk.add("main", wanted, m.actor));
  DnsAccountInput change;
  change.enabled = false;
  change.settings["endpoint"] = "";
  const auto changed = desk.change("main", change, m.actor);
  ASSERT_TRUE(changed) << changed.error().detail;
  EXPECT_FALSE(changed->account.enabled);
  EXPECT_THAT(changed->account.settings, IsEmpty());
  EXPECT_THAT(changed->secrets, ElementsAre("token"));
  change.secrets = token("other");
  EXPECT_THAT(desk.change("main", change, m.actor).error().detail, HasSubstr("dns rotate"));
}

TEST_F(Desks, TestWritesLooksAndTakesAway) {
  ASSERT_TRUE(desk.add("main", input(), m.actor));
  m.dns.add(kName, "somebody else's");
  std::size_t most = 0;
  m.dns_providers.written = [&](const TxtRecord&) { most = m.dns.values(kName).size(); };
  const auto report = trial.test("example.test", "", m.actor);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_FALSE(report->error) << report->error->detail;
  EXPECT_EQ(report->name, kName);
  EXPECT_TRUE(report->seen.everywhere);
  EXPECT_EQ(most, 2U);
  EXPECT_EQ(m.dns.values(kName).size(), 1U);
  EXPECT_THAT(m.store->dns_journal().list_dns_records().value(), IsEmpty());
  EXPECT_GE(report->lines.size(), 3U);
}

TEST_F(Desks, TestThatFailsShowsTheExchangesAndLeavesTheRestToTheSweeper) {
  ASSERT_TRUE(desk.add("main", input(), m.actor));
  m.dns_providers.remove_fails = unavailable("remove: no answer");
  const auto report = trial.test("example.test", "main", m.actor);
  ASSERT_TRUE(report);
  ASSERT_TRUE(report->error);
  EXPECT_THAT(report->error->detail, HasSubstr("no answer"));
  m.dns_providers.remove_fails.reset();
  EXPECT_EQ(m.dns_records->sweep([] { return false; }).value(), 1U);
  EXPECT_EQ(m.dns.size(), 0U);
  EXPECT_EQ(trial.test("elsewhere.test", "", m.actor).error().id, "dns-no-zone");
}

TEST_F(Desks, RotationKeepsTheOldSecretUntilTheNewOneIsProved) {
  ASSERT_TRUE(desk.add("main", input(), m.actor));
  m.clock.advance(days{100});
  const auto refused = trial.rotate("main", token("wrong"), "", m.dns_providers, m.actor);
  ASSERT_TRUE(refused);
  ASSERT_TRUE(refused->error);
  EXPECT_THAT(refused->error->detail, HasSubstr("403"));
  EXPECT_EQ(desk.show("main")->account.secrets_version, 1);
  EXPECT_FALSE(trial.test("example.test", "", m.actor)->error) << "the old one is still good";
  m.dns_providers.right = "newer";
  const auto rotated = trial.rotate("main", token("newer"), "", m.dns_providers, m.actor);
  ASSERT_TRUE(rotated) << rotated.error().detail;
  EXPECT_FALSE(rotated->error) << rotated->error->detail;
  EXPECT_EQ(desk.show("main")->account.secrets_version, 2);
  EXPECT_EQ(desk.show("main")->account.secrets_since, m.clock.now());
  EXPECT_FALSE(trial.test("example.test", "", m.actor)->error);
}

TEST_F(Desks, OldSecretsAreAFindingOfHealth) {
  DnsAccountInput wanted = input();
  wanted.rotate_days = 90;
  ASSERT_TRUE(desk.add("main", wanted, m.actor));
  EXPECT_THAT(dns_findings(m.store->ports(), m.clock.now() + days{89}).value(), IsEmpty());
  const auto due = dns_findings(m.store->ports(), m.clock.now() + days{90}).value();
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].id, "dns-secrets-old");
  EXPECT_THAT(due[0].detail, HasSubstr("certstead dns rotate main"));
}

TEST_F(Desks, TraceShowsExchangesWhileItIsOn) {
  ASSERT_TRUE(desk.add("main", input(), m.actor));
  const auto publish = [&](const std::string& value) {
    ASSERT_TRUE(m.dns_records->publish(m.store->dns_accounts().list_dns_accounts().value(),
                                       {"o", kName, value}, Deadline::after(std::chrono::seconds{30})));
  };
  publish("a");
  EXPECT_THAT(desk.trace("main"), IsEmpty());
  desk.set_trace(desk.show("main")->account, true);
  publish("b");
  ASSERT_EQ(desk.trace("main").size(), 1U);
  EXPECT_EQ(desk.trace("main")[0].line.step, "add");
  desk.set_trace(desk.show("main")->account, false);
  EXPECT_THAT(desk.trace("main"), IsEmpty());
}

TEST_F(Desks, DefinitionIsImportedApprovedAndApprovedAnewWhenItChanges) {
  EXPECT_THAT(desk.import_definition("own", "", "nothing", m.actor).error().detail, HasSubstr("line 1"));
  EXPECT_EQ(desk.import_definition("fake", "", "fake = 1", m.actor).error().code, Code::kConflict);
  const auto facts = desk.import_definition("own", "", "fake = 1", m.actor);
  ASSERT_TRUE(facts) << facts.error().detail;
  ASSERT_TRUE(facts->facts);
  EXPECT_EQ(facts->facts->code, "own");
  EXPECT_EQ(desk.provider("own")->kind, "recipe");
  EXPECT_FALSE(desk.approve("own", "abc", m.actor));
  ASSERT_TRUE(desk.approve("own", std::string(64, 'a'), m.actor));
  ASSERT_TRUE(desk.import_definition("own", "", "fake = 1", m.actor));
  EXPECT_EQ(desk.definition("own")->approved, std::string(64, 'a'));
  ASSERT_TRUE(desk.import_definition("own", "", "fake = 2", m.actor));
  EXPECT_EQ(desk.definition("own")->approved, "");
  ASSERT_TRUE(desk.remove_definition("own", m.actor));
}

TEST_F(Desks, AccountsBesideADefinitionAreMadeOnce) {
  IssuerDesk issuers(*m.context);
  AccountDesk accounts(*m.context);
  const auto import = [&] {
    auto report = import_dns(desk, issuers, accounts, {"own", "", "fake = 1"}, m.actor);
    EXPECT_TRUE(report) << report.error().detail;
    std::vector<std::string> out;
    for (const DnsImportedAccount& one : report->accounts)
      out.push_back(one.name + " " + std::string(import_outcome_name(one.outcome)) + " " + one.detail);
    return out;
  };
  m.dns_providers.beside = [](const DnsDefinition&) {
    DnsCompanions out;
    out.text = "fake = 1, and no account";
    out.accounts.push_back(
        {"readable", {"example.test"}, {{"endpoint", "https://a.test"}}, {}, {}, false, "cmd 1"});
    out.accounts.back().secrets["token"] = SecretBytes(view_bytes("right"));
    out.accounts.push_back({"sealed", {"lab.test"}, {}, {}, {"token"}, true, "cmd 2"});
    out.accounts.push_back({"wrong", {"lab.test"}, {{"colour", "red"}}, {}, {}, true, "cmd 3"});
    out.acme.push_back({"other-ca", "https://other.test/dir", "a@example.test", true, "", "", {}, "cmd 4"});
    out.acme.push_back({"strict", "https://strict.test/dir", "", false, "", "", {}, "cmd 5"});
    out.acme.push_back({"bound", "https://bound.test/dir", "", true, "", "kid", {}, "cmd 6"});
    return out;
  };
  const auto first = import();
  ASSERT_EQ(first.size(), 6U);
  EXPECT_EQ(first[0], "readable created not enabled, as in the file");
  EXPECT_EQ(first[1], "sealed left token can't be read, the file has it sealed; give it from a file: cmd 2");
  EXPECT_THAT(first[2], HasSubstr("wrong left own has no setting \"colour\""));
  EXPECT_EQ(first[3], "other-ca created registered at other-ca with a key of its own");
  EXPECT_EQ(first[4], "strict left the file does not agree to the CA's terms of service: cmd 5");
  EXPECT_THAT(first[5], HasSubstr("bound left AcmeEabHmac can't be read"));
  EXPECT_EQ(desk.definition("own")->text, "fake = 1, and no account");
  const DnsAccount made = desk.show("readable")->account;
  EXPECT_FALSE(made.enabled);
  EXPECT_EQ(made.provider, "own");
  EXPECT_EQ(made.settings.at("endpoint"), "https://a.test");
  const auto second = import();
  EXPECT_EQ(second[0], "readable kept ");
  EXPECT_EQ(second[3], "other-ca kept ");
  EXPECT_EQ(desk.show("readable")->account.revision, made.revision);
  ASSERT_TRUE(desk.remove("readable", m.actor));
  ASSERT_TRUE(desk.add("readable", input(), m.actor));
  EXPECT_EQ(import()[0], "readable left another account has this name; give this one another: cmd 1");
}

TEST_F(Desks, AccountsWithoutADefinitionAreMadeAtOneThatWasImportedBefore) {
  IssuerDesk issuers(*m.context);
  AccountDesk accounts(*m.context);
  ASSERT_TRUE(desk.import_definition("own", "", "fake = 1", m.actor));
  m.dns_providers.beside = [](const DnsDefinition&) {
    DnsCompanions out;
    out.has_definition = false;
    out.accounts.push_back({"alone", {"example.test"}, {}, {}, {}, true, "cmd 1", "own"});
    out.accounts.back().secrets["token"] = SecretBytes(view_bytes("right"));
    out.acme.push_back({"other-ca", "https://other.test/dir", "", true, "", "", {}, "cmd 2"});
    out.notes = {"and a challenge"};
    return out;
  };
  const auto report = import_dns(desk, issuers, accounts, {"", "dxl", "<accounts/>"}, m.actor);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_FALSE(report->facts);
  ASSERT_EQ(report->accounts.size(), 2U);
  for (const DnsImportedAccount& one : report->accounts)
    EXPECT_EQ(one.outcome, DnsImportedAccount::Outcome::kCreated) << one.detail;
  EXPECT_EQ(desk.show("alone")->account.provider, "own");
  EXPECT_EQ(report->notes, std::vector<std::string>{"and a challenge"});
  EXPECT_EQ(desk.definition("own")->text, "fake = 1") << "nothing is stored in its place";
}

TEST_F(Desks, TermsThatWereNotReadAreNotAgreedTo) {
  m.ca.set_terms("https://other.test/new");
  IssuerDesk issuers(*m.context);
  AccountDesk accounts(*m.context);
  m.dns_providers.beside = [](const DnsDefinition&) {
    DnsCompanions out;
    out.text = "fake = 1";
    out.acme.push_back(
        {"other-ca", "https://other.test/dir", "", true, "https://other.test/old", "", {}, "cmd"});
    return out;
  };
  const auto report = import_dns(desk, issuers, accounts, {"own", "", "fake = 1"}, m.actor);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->accounts.at(0).outcome, DnsImportedAccount::Outcome::kLeft);
  EXPECT_THAT(report->accounts.at(0).detail, HasSubstr("are others than those in the file"));
  EXPECT_FALSE(accounts.show("other-ca", "default"));
}

TEST_F(Desks, AssistNamesTheCnameAndSeesWhenItIsSet) {
  DnsAccountInput wanted = input();
  wanted.domains = std::vector<std::string>{"acme.example.net"};
  ASSERT_TRUE(desk.add("delegated", wanted, m.actor));
  auto report = assist.assist({"*.example.test", "", "", ""});
  ASSERT_TRUE(report) << report.error().detail;
  ASSERT_FALSE(report->advice.empty());
  EXPECT_EQ(report->advice[0].type, "CNAME");
  EXPECT_EQ(report->advice[0].name, kName);
  EXPECT_EQ(report->advice[0].value, "example.test.acme.example.net.");
  EXPECT_EQ(report->advice[0].state, DnsAdvice::State::kMissing);
  m.dns.cnames[kName] = "example.test.acme.example.net";
  report = assist.assist({"*.example.test", "", "", ""});
  EXPECT_EQ(report->advice.at(0).state, DnsAdvice::State::kSet);
  EXPECT_EQ(report->challenge, "dns-01");
  EXPECT_EQ(report->dns_account, "delegated");
}

TEST_F(Desks, AssistNamesTheCnameOfTheAccountLabel) {
  m.issue({"www.lab.test"});  // makes the account at the CA
  DnsAccountInput wanted = input();
  wanted.domains = std::vector<std::string>{"acme.example.net"};
  wanted.challenge = "dns-account-01";
  ASSERT_TRUE(desk.add("labelled", wanted, m.actor));
  const std::string own = m.ca.account_label("https://ca.test/account/1") + "." + kName;
  auto report = assist.assist({"*.example.test", "", "", ""});
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->advice.at(0).name, own);
  EXPECT_EQ(report->advice.at(0).state, DnsAdvice::State::kMissing);
  m.dns.cnames[own] = "example.test.acme.example.net";
  report = assist.assist({"*.example.test", "", "", ""});
  EXPECT_EQ(report->advice.at(0).state, DnsAdvice::State::kSet);
  EXPECT_EQ(report->challenge, "dns-account-01");
  EXPECT_EQ(report->dns_account, "labelled");
  const auto tested = trial.test("example.test", "", m.actor);
  ASSERT_TRUE(tested) << tested.error().detail;
  EXPECT_EQ(tested->name, "example.test.acme.example.net");
}

TEST_F(Desks, AssistJudgesCaaByCaAndAccount) {
  ASSERT_TRUE(desk.add("main", input(), m.actor));
  m.ca.set_caa_identities({"ca.test"});
  m.issue({"www.lab.test"});  // makes the account at the CA
  const auto caa = [&] {
    const auto report = assist.assist({"*.www.example.test", "", "", ""});
    EXPECT_TRUE(report) << report.error().detail;
    return report->advice.at(0);
  };
  EXPECT_EQ(caa().value, "0 issuewild \"ca.test; accounturi=https://ca.test/account/1\"");
  EXPECT_EQ(caa().state, DnsAdvice::State::kMissing);
  m.dns.caa["example.test"] = {"0 issue \"other.test\""};
  EXPECT_EQ(caa().state, DnsAdvice::State::kDiffers);
  EXPECT_THAT(caa().detail, HasSubstr("may not issue"));
  m.dns.caa["example.test"] = {"0 issue \"other.test\"", "0 issuewild \"ca.test\""};
  EXPECT_THAT(caa().detail, HasSubstr("every account"));
  const std::string ours = "0 issuewild \"ca.test; accounturi=https://ca.test/account/1\"";
  m.dns.caa["example.test"] = {ours};
  EXPECT_EQ(caa().state, DnsAdvice::State::kSet);
  EXPECT_EQ(caa().detail, "");
  m.dns.caa["example.test"] = {ours, "0 issuewild \"ca.test\""};
  EXPECT_EQ(caa().state, DnsAdvice::State::kDiffers) << "the second one lets every account in";
  EXPECT_THAT(caa().detail, HasSubstr("every account"));
  m.dns.caa["example.test"] = {ours, "0 issuewild \"other.test\""};
  EXPECT_EQ(caa().state, DnsAdvice::State::kSet);
  EXPECT_EQ(caa().detail, "other CAs may issue for it too: other.test");
}

}  // namespace
}  // namespace certstead
