// Import into a whole manager: real store, vault, member and view.
#include <gmock/gmock.h>

#include "crypto/issue.h"
#include "manager/imports.h"
#include "manager/set_readers.h"
#include "manager_scene.h"
#include "pki/pki_importer.h"

namespace certstead {
namespace {

using std::chrono::days;
using testing::ElementsAre;
using testing::HasSubstr;

struct Ca {
  PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  Certificate certificate;
  static Ca make(Instant now) {
    const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
    const CertificateTemplate wanted{.common_name = "Corporate CA",
                                     .public_key = key.public_key(),
                                     .not_before = now - days(10),
                                     .not_after = now + days(1000),
                                     .is_ca = true};
    return {key, issue_certificate(wanted, key, {}).value()};
  }
  // Key and certificate in one PEM text.
  std::string credential(const std::vector<std::string>& names, Instant start,
                         KeyType type = KeyType::kP256) const {
    const PrivateKey own = PrivateKey::generate(type).value();
    const CertificateTemplate wanted{.dns_names = names,
                                     .public_key = own.public_key(),
                                     .not_before = start,
                                     .not_after = start + days(90),
                                     .server_auth = true};
    return to_text(own.to_pkcs8_pem().reveal()) +
           issue_certificate(wanted, key, certificate).value().to_pem();
  }
};

class ImportScene : public testing::Test {
 protected:
  Result<ImportOutcome> run(const std::vector<std::string>& contents, ImportOrder order = {}) {
    for (const std::string& one : contents)
      order.files.push_back({"file-" + std::to_string(order.files.size()), SecretBytes(view_bytes(one))});
    return Imports(*m_.context, importer_, m_.store->bulk()).run(order, m_.actor);
  }
  // The only set's result, or the id of its error or of the call's.
  std::string result(const std::vector<std::string>& contents, ImportOrder order = {}) {
    const auto outcome = run(contents, std::move(order));
    if (!outcome) return outcome.error().id;
    const ImportedSetOutcome& set = outcome->sets.at(0);
    return set.error ? set.error->id : std::string(import_action_name(set.action));
  }
  NameMatch served(const std::string& name) { return certstead::served(m_, name); }
  std::string fresh(const std::vector<std::string>& names, int age_in_days = 1,
                    KeyType type = KeyType::kP256) const {
    return ca_.credential(names, m_.clock.now() - days(age_in_days), type);
  }

  TestManager m_;
  PkiImporter importer_;
  const Ca ca_ = Ca::make(m_.clock.now());
};

TEST_F(ImportScene, AnImportedPairOfRsaAndEcdsaIsSealedActivatedAndInTheView) {
  const std::vector<std::string> names = {"www.corp.test", "mail.corp.test"};
  EXPECT_EQ(result({fresh(names), fresh(names, 1, KeyType::kRsa2048)}), "created");
  const SetView view = m_.show("www.corp.test");
  EXPECT_EQ(view.set.flow, "import");
  EXPECT_EQ(view.set.status, SetStatus::kIssued);
  EXPECT_FALSE(view.set.renew_at);
  EXPECT_EQ(view.health.overall(), Health::kGreen);
  EXPECT_EQ(served("mail.corp.test").credentials.size(), 2U);
}

TEST_F(ImportScene, TheSameAgainIsNothingToDo) {
  const std::string pem = fresh({"www.corp.test"});
  EXPECT_EQ(result({pem}), "created");
  const auto before = m_.show("www.corp.test");
  EXPECT_EQ(result({pem}), "unchanged");
  EXPECT_EQ(m_.show("www.corp.test").set.revision, before.set.revision);
  EXPECT_EQ(m_.show("www.corp.test").versions.size(), 1U);
}

TEST_F(ImportScene, ARenewedImportReplacesAndArchivesTheOldVersion) {
  EXPECT_EQ(result({fresh({"www.corp.test"}, 20)}), "created");
  EXPECT_EQ(result({fresh({"www.corp.test"}, 2)}), "updated");
  const auto versions = m_.show("www.corp.test").versions;
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[0].version, 2);
  EXPECT_EQ(versions[1].state, VersionState::kArchived);
}

TEST_F(ImportScene, AnOlderOneTakesThePlaceOnlyWhenToldTo) {
  EXPECT_EQ(result({fresh({"www.corp.test"}, 2)}), "created");
  const std::string older = fresh({"www.corp.test"}, 20);
  EXPECT_EQ(result({older}), "import-older");
  EXPECT_EQ(result({older}, {.replace = true}), "updated");
}

TEST_F(ImportScene, TheOtherKeyTypeStaysWhenOneIsRenewed) {
  EXPECT_EQ(result({fresh({"www.corp.test"}, 5), fresh({"www.corp.test"}, 5, KeyType::kRsa2048)}), "created");
  EXPECT_EQ(result({fresh({"www.corp.test"}, 1)}), "updated");
  EXPECT_EQ(m_.store->versions().active_versions(m_.show("www.corp.test").set.id).value().size(), 2U);
  EXPECT_EQ(m_.show("www.corp.test").health.overall(), Health::kGreen);
  EXPECT_EQ(served("www.corp.test").credentials.size(), 2U);
}

TEST_F(ImportScene, WhatAcmeManagesIsReplacedOnlyWhenToldTo) {
  m_.issue({"www.lab.test"});
  const std::string pem = fresh({"www.lab.test"}, 0);
  EXPECT_EQ(result({pem}), "import-other-flow");
  EXPECT_EQ(m_.show("www.lab.test").versions.size(), 1U);
  EXPECT_EQ(result({fresh({"www.lab.test", "more.lab.test"}, 0)}, {.replace = true}), "import-names");
  EXPECT_EQ(result({pem}, {.replace = true}), "updated");
  EXPECT_EQ(m_.show("www.lab.test").set.flow, "acme");
  EXPECT_EQ(result({pem}, {.name = "another"}), "created");
}

TEST_F(ImportScene, ADryRunReportsAndChangesNothing) {
  EXPECT_EQ(result({fresh({"www.corp.test"})}, {.dry_run = true}), "created");
  EXPECT_TRUE(m_.store->credentials().list_sets("", 10).value().empty());
}

TEST_F(ImportScene, TakeOverLetsAcmeRenewTheSameNames) {
  const std::string pem = fresh({"www.corp.test"});
  EXPECT_EQ(result({pem}, {.take_over = "fake"}), "account-needed");
  m_.issue({"first.lab.test"});  // makes the account
  EXPECT_EQ(result({pem}), "created");
  EXPECT_EQ(result({pem}, {.take_over = "fake"}), "updated");
  const CredentialSet set = m_.show("www.corp.test").set;
  EXPECT_EQ(set.flow + " " + set.issuer, "acme fake");
  ASSERT_TRUE(set.renew_at);
  m_.clock.advance(*set.renew_at - m_.clock.now() + std::chrono::minutes(1));
  EXPECT_GT(m_.renew_due(), 0);
  EXPECT_EQ(m_.show("www.corp.test").versions.front().issuer, "fake");
}

TEST_F(ImportScene, ACaOfOurOwnTakesOverWithoutAnAccount) {
  ASSERT_TRUE(m_.micro_ca->create({.name = "office"}, "test"));
  AccountInput account;
  account.issuer = "office";
  EXPECT_EQ(AccountDesk(*m_.context).add(account, m_.actor).error().id, "no-account-needed");
  EXPECT_EQ(result({fresh({"*.corp.test", "www.corp.test"})}, {.take_over = "office"}), "created");
  const CredentialSet set = m_.show("www.corp.test").set;
  EXPECT_EQ(set.flow + " " + set.issuer + " " + set.account, "microca office ");
  ASSERT_TRUE(set.renew_at);
  m_.clock.advance(*set.renew_at - m_.clock.now() + std::chrono::minutes(1));
  EXPECT_GT(m_.renew_due(), 0);
  EXPECT_EQ(m_.show("www.corp.test").versions.front().issuer, "office");
}

TEST_F(ImportScene, TheDefaultCaOfOurOwnIsMadeWhenItTakesOverForTheFirstTime) {
  const std::string pem = fresh({"www.corp.test"});
  EXPECT_EQ(result({pem}, {.take_over = "microca", .dry_run = true}), "created");
  EXPECT_TRUE(m_.micro_ca->list().value().empty());
  const auto outcome = run({pem, fresh({"mail.corp.test"})}, {.take_over = "microca"});
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->count(ImportAction::kCreated), 2U);
  std::string said;
  for (const ImportedSetOutcome& set : outcome->sets) said += testing::PrintToString(set.warnings);
  EXPECT_THAT(said, testing::HasSubstr("the CA \\\"microca\\\" was made for it"));
  EXPECT_EQ(m_.micro_ca->list().value().size(), 1U);
  EXPECT_EQ(m_.show("www.corp.test").set.issuer, "microca");
  EXPECT_EQ(run({pem}, {.take_over = "nowhere"}).error().code, Code::kNotFound);
}

TEST_F(ImportScene, NobodyRenewsOrRevokesAnImportedOneByMistake) {
  EXPECT_EQ(result({fresh({"www.corp.test"})}), "created");
  EXPECT_EQ(m_.requests->renew("www.corp.test", true, m_.actor).error().id, "set-imported");
  EXPECT_EQ(m_.requests->revoke("www.corp.test", 0, true, m_.actor).error().id, "set-imported");
}

TEST_F(ImportScene, ThousandsComeInOneCallAndOneThatFailsLeavesTheOthersAlone) {
  m_.issue({"n7.corp.test"});
  m_.issue({"n503.corp.test"});
  std::vector<std::string> all;
  // More than are sealed and committed together.
  for (int i = 0; i < 520; ++i) all.push_back(fresh({"n" + std::to_string(i) + ".corp.test"}));
  const auto outcome = run(all);
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->count(ImportAction::kCreated), 518U);
  EXPECT_EQ(outcome->count(ImportAction::kFailed), 2U);
  EXPECT_EQ(outcome->sets[7].error->id, "import-other-flow");
  EXPECT_EQ(outcome->sets[503].error->id, "import-other-flow");
  for (const char* name : {"n0.corp.test", "n499.corp.test", "n500.corp.test", "n519.corp.test"})
    EXPECT_EQ(served(name).credentials.size(), 1U) << name;
  EXPECT_TRUE(m_.store->audit().verify_audit());
}

TEST_F(ImportScene, OneNameDoesNotFitSeveralSets) {
  EXPECT_EQ(result({fresh({"a.corp.test"}), fresh({"b.corp.test"})}, {.name = "both"}), "import-name");
  EXPECT_EQ(result({fresh({"a.corp.test"})}, {.name = "no blanks"}), "set-name");
  const auto outcome = run({fresh({"c.corp.test"}), fresh({"c.corp.test", "d.corp.test"})});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->sets.at(1).error->id, "import-name-taken");
  EXPECT_EQ(run({fresh({"*.w.test"})})->sets.at(0).name, "wildcard.w.test");
}

TEST_F(ImportScene, AnExportableKeyIsGrantedToTheExportIdentityAndStaysSo) {
  const std::string pem = fresh({"www.corp.test"}, 2);
  ImportOrder order;
  order.exportable = true;
  EXPECT_EQ(result({pem}, std::move(order)), "export-not-set-up") << "nobody could ever take it out";
  ASSERT_TRUE(m_.exports->setup(SecretBytes(view_bytes("a long export password")), m_.actor));
  EXPECT_EQ(result({pem}), "created");
  EXPECT_FALSE(granted_to_export(m_.show("www.corp.test").versions.at(0).grants));
  order = {};
  order.exportable = true;
  EXPECT_EQ(result({pem}, std::move(order)), "updated") << "the key is sealed anew, for one reader more";
  EXPECT_TRUE(m_.show("www.corp.test").set.exportable);
  EXPECT_TRUE(granted_to_export(m_.show("www.corp.test").versions.at(0).grants));
  EXPECT_EQ(result({fresh({"www.corp.test"})}), "updated");
  EXPECT_TRUE(granted_to_export(m_.show("www.corp.test").versions.at(0).grants)) << "later imports keep it";
}

}  // namespace
}  // namespace certstead
