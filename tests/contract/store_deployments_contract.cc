// Reports of deployments, and pages of sets with all that belongs to them.
#include "contract/store_contract.h"

namespace certstead {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

DeploymentReport sample_report(const std::string& name, const std::string& set_name) {
  DeploymentReport report;
  report.name = name, report.host = "host.test", report.set_name = set_name, report.layout = "files";
  report.outcome = DeployOutcome::kNotServed;
  report.error = "not served", report.error_id = "not-served";
  report.deployed = {{"/a.pem", KeyType::kP256, "0a", "fa", from_unix_seconds(1'800'000'000)},
                     {"/b.pem", KeyType::kRsa2048, "0b", "fb", from_unix_seconds(1'800'000'001)}};
  report.served = {{"https://a.test", "rsa", "01", "0b", "it shows serial 01"}};
  report.deployed_at = from_unix_seconds(1'700'000'001);
  report.reported = from_unix_seconds(1'700'000'002);
  return report;
}

TEST_P(StoreContract, AReportComesBackAsItWasStored) {
  const DeploymentReport report = sample_report("web", "a.test");
  ASSERT_TRUE(store_->deployments().put_deployment(report, note("deployment.report")));
  reopen();
  const DeploymentReport read = store_->deployments().find_deployment("web").value();
  EXPECT_TRUE(same_state(read, report));
  EXPECT_EQ(read.deployed.back().not_after, report.deployed.back().not_after);
  EXPECT_EQ(read.deployed_at, report.deployed_at);
  EXPECT_FALSE(read.proved_at);
  EXPECT_EQ(read.reported, report.reported);
  EXPECT_EQ(outcome(store_->deployments().find_deployment("none")), "not-found");
}

TEST_P(StoreContract, AReportIsAuditedOnlyIfItSaysSomethingNew) {
  DeploymentReport report = sample_report("web", "a.test");
  ASSERT_TRUE(store_->deployments().put_deployment(report, note("deployment.first")));
  report.reported += std::chrono::hours{1};
  ASSERT_TRUE(store_->deployments().put_deployment(report, note("deployment.same")));
  report.served.front().problem.clear();
  ASSERT_TRUE(store_->deployments().put_deployment(report, note("deployment.better")));
  EXPECT_THAT(audited(), Contains("deployment.first"));
  EXPECT_THAT(audited(), Not(Contains("deployment.same")));
  EXPECT_THAT(audited(), Contains("deployment.better"));
  EXPECT_EQ(store_->deployments().list_deployments()->size(), 1U);
  EXPECT_EQ(store_->deployments().find_deployment("web")->reported, report.reported);
}

TEST_P(StoreContract, ReportsAreListedByNameAndBySet) {
  for (const auto& [name, set] : {std::pair{"web", "a.test"}, {"mail", "b.test"}, {"api", "a.test"}}) {
    ASSERT_TRUE(store_->deployments().put_deployment(sample_report(name, set), note("deployment.report")));
  }
  EXPECT_THAT(names_of(store_->deployments().list_deployments().value()), ElementsAre("api", "mail", "web"));
  EXPECT_THAT(names_of(store_->deployments().deployments_of("a.test").value()), ElementsAre("api", "web"));
  ASSERT_TRUE(store_->deployments().delete_deployment("api", note("deployment.delete")));
  EXPECT_EQ(outcome(store_->deployments().delete_deployment("api", note("deployment.delete"))), "not-found");
  EXPECT_THAT(names_of(store_->deployments().deployments_of("a.test").value()), ElementsAre("web"));
}

TEST_P(StoreContract, ACopyHasTheReports) {
  ASSERT_TRUE(
      store_->deployments().put_deployment(sample_report("web", "a.test"), note("deployment.report")));
  const TempDir copy;
  ASSERT_TRUE(store_->copy_to(copy.path() / "certstead.db"));
  store_.reset();
  std::filesystem::copy_file(copy.path() / "certstead.db", directory_.path() / "certstead.db",
                             std::filesystem::copy_options::overwrite_existing);
  for (const char* const beside : {"certstead.db-wal", "certstead.db-shm"})
    std::filesystem::remove(directory_.path() / beside);
  reopen();
  EXPECT_THAT(names_of(store_->deployments().list_deployments().value()), ElementsAre("web"));
}

TEST_P(StoreContract, APageHasEverythingOfItsSetsAndNothingOfOthers) {
  const CredentialSet first = add_set("a.test"), second = add_set("b.test"), third = add_set("c.test");
  activate(first, 1);
  const CredentialVersion active = activate(current(first), 2);
  const CredentialVersion other = activate(second, 1);
  activate(third, 1);
  const Job job = run_job(second.id);
  const Order order = add_order(job, "o1");
  for (const auto& [name, set] : {std::pair{"web", "a.test"}, {"mail", "c.test"}, {"lost", "aa.test"}}) {
    ASSERT_TRUE(store_->deployments().put_deployment(sample_report(name, set), note("deployment.report")));
  }
  const auto page = store_->pages().page("", 2, PageDetail::kFull).value();
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].set.name, "a.test");
  ASSERT_EQ(page[0].active.size(), 1U);
  EXPECT_EQ(dump(page[0].active.front()), dump(store_->versions().active_versions(first.id)->front()));
  EXPECT_EQ(page[0].archived, 1U);
  ASSERT_EQ(page[0].checks.size(), 1U);
  EXPECT_EQ(page[0].checks.front().version_id, active.id);
  EXPECT_THAT(names_of(page[0].deployments), ElementsAre("web"));
  EXPECT_THAT(page[0].orders, IsEmpty());
  EXPECT_EQ(page[1].active.front().id, other.id);
  EXPECT_THAT(ids_of(page[1].orders), ElementsAre(order.id));
  EXPECT_THAT(page[1].deployments, IsEmpty());
  const auto rest = store_->pages().page("b.test", 2, PageDetail::kFull).value();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_THAT(names_of(rest[0].deployments), ElementsAre("mail"));
  EXPECT_THAT(store_->pages().page("c.test", 2, PageDetail::kFull).value(), IsEmpty());
}

TEST_P(StoreContract, ABriefPageJudgesAsAFullOne) {
  const CredentialSet set = add_set("a.test");
  activate(set, 1);
  ASSERT_TRUE(
      store_->deployments().put_deployment(sample_report("web", "a.test"), note("deployment.report")));
  const auto full = store_->pages().page("", 10, PageDetail::kFull).value();
  const auto brief = store_->pages().page("", 10, PageDetail::kBrief).value();
  EXPECT_EQ(health_of(brief.front(), clock_.now()).findings, health_of(full.front(), clock_.now()).findings);
  EXPECT_FALSE(health_of(brief.front(), clock_.now()).findings.empty());
  EXPECT_EQ(brief.front().active.front().facts.serial, full.front().active.front().facts.serial);
  EXPECT_THAT(brief.front().active.front().chain, IsEmpty());
}

}  // namespace
}  // namespace certstead
