// DNS accounts, definitions, and the journal of records.
#include "contract/store_contract.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Instant at(int second) { return from_unix_seconds(1'700'000'000 + second); }

DnsAccount sample_dns_account(const std::string& name) {
  DnsAccount account;
  account.id = "id-" + name, account.name = name, account.provider = "rfc2136";
  account.domains = {DomainName::parse("a.test").value(), DomainName::parse("b.test").value()};
  account.settings = {{"nameserver", "192.0.2.1:53"}, {"tsig_key", "key"}};
  account.secrets = sample_secret(name), account.grants = sample_grants(name);
  account.secrets_version = 3, account.secrets_since = at(1), account.rotate_every = std::chrono::hours{2};
  account.propagation = DnsPropagationMode::kResolver, account.delay = std::chrono::seconds{7};
  account.timeout = std::chrono::minutes{3}, account.challenge = "dns-account-01", account.enabled = false;
  account.created = at(2), account.revision = 4;
  return account;
}

DnsDefinition sample_definition(const std::string& name) {
  return {name, "dxl", "<document/>", "abcd", at(3), 0};
}

DnsRecordEntry sample_record(const std::string& id, const std::string& order_id, const std::string& value) {
  DnsRecordEntry entry;
  entry.id = id, entry.account = "main", entry.order_id = order_id;
  entry.record = {"_acme-challenge.a.test", "a.test", value};
  entry.due = at(10), entry.created = at(9);
  return entry;
}

TEST_P(StoreContract, DnsAccountComesBackAsItWasAfterReopening) {
  DnsAccounts& accounts = store_->dns_accounts();
  const DnsAccount wanted = sample_dns_account("main");
  ASSERT_TRUE(accounts.create_dns_account(wanted, note("dns.add")));
  EXPECT_EQ(outcome(accounts.create_dns_account(sample_dns_account("main"), note("dns.add"))), "conflict");
  reopen();
  const DnsAccount found = store_->dns_accounts().find_dns_account("main").value();
  EXPECT_EQ(found.id, wanted.id);
  EXPECT_EQ(found.provider, wanted.provider);
  EXPECT_EQ(found.domains, wanted.domains);
  EXPECT_EQ(found.settings, wanted.settings);
  EXPECT_EQ(found.secrets.content, wanted.secrets.content);
  EXPECT_EQ(found.secrets.ref, wanted.secrets.ref);
  EXPECT_EQ(found.grants.size(), wanted.grants.size());
  EXPECT_EQ(found.secrets_version, 3);
  EXPECT_EQ(found.secrets_since, wanted.secrets_since);
  EXPECT_EQ(found.rotate_every, wanted.rotate_every);
  EXPECT_EQ(found.propagation, wanted.propagation);
  EXPECT_EQ(found.delay, wanted.delay);
  EXPECT_EQ(found.timeout, wanted.timeout);
  EXPECT_EQ(found.challenge, wanted.challenge);
  EXPECT_FALSE(found.enabled);
  EXPECT_EQ(found.revision, 4);
  EXPECT_THAT(audited(), testing::Contains("dns.add"));
}

TEST_P(StoreContract, DnsAccountIsChangedOnItsPresentRevisionOnly) {
  DnsAccounts& accounts = store_->dns_accounts();
  ASSERT_TRUE(accounts.create_dns_account(sample_dns_account("main"), note("dns.add")));
  DnsAccount account = accounts.find_dns_account("main").value();
  account.enabled = true;
  account.rotate_every.reset();
  EXPECT_EQ(accounts.update_dns_account(account, note("dns.change")).value(), 5);
  EXPECT_EQ(outcome(accounts.update_dns_account(account, note("dns.change"))), "conflict");
  EXPECT_TRUE(accounts.find_dns_account("main")->enabled);
  EXPECT_FALSE(accounts.find_dns_account("main")->rotate_every);
}

TEST_P(StoreContract, DnsAccountStaysWhileARecordOfItStands) {
  DnsAccounts& accounts = store_->dns_accounts();
  ASSERT_TRUE(accounts.create_dns_account(sample_dns_account("main"), note("dns.add")));
  ASSERT_TRUE(store_->dns_journal().begin_dns_record(sample_record("r", "", "v")));
  EXPECT_EQ(outcome(accounts.delete_dns_account("main", note("dns.remove"))), "conflict");
  ASSERT_TRUE(store_->dns_journal().end_dns_record("r"));
  EXPECT_EQ(outcome(accounts.delete_dns_account("main", note("dns.remove"))), "done");
  EXPECT_EQ(outcome(accounts.delete_dns_account("main", note("dns.remove"))), "not-found");
}

TEST_P(StoreContract, DnsDefinitionIsReplacedByNameAndStaysWhileItIsUsed) {
  DnsAccounts& accounts = store_->dns_accounts();
  ASSERT_TRUE(accounts.put_dns_definition(sample_definition("own"), note("dns.import")));
  DnsDefinition next = sample_definition("own");
  next.text = "other";
  ASSERT_TRUE(accounts.put_dns_definition(next, note("dns.import")));
  reopen();
  EXPECT_EQ(store_->dns_accounts().find_dns_definition("own")->text, "other");
  EXPECT_EQ(store_->dns_accounts().find_dns_definition("own")->approved, "abcd");
  EXPECT_EQ(store_->dns_accounts().find_dns_definition("own")->revision, 2);
  EXPECT_EQ(store_->dns_accounts().list_dns_definitions()->size(), 1U);
  DnsAccount account = sample_dns_account("main");
  account.provider = "own";
  ASSERT_TRUE(store_->dns_accounts().create_dns_account(account, note("dns.add")));
  EXPECT_EQ(outcome(store_->dns_accounts().delete_dns_definition("own", note("dns.remove"))), "conflict");
  ASSERT_TRUE(store_->dns_accounts().delete_dns_account("main", note("dns.remove")));
  EXPECT_EQ(outcome(store_->dns_accounts().delete_dns_definition("own", note("dns.remove"))), "done");
  EXPECT_EQ(outcome(store_->dns_accounts().find_dns_definition("own")), "not-found");
}

TEST_P(StoreContract, DnsRecordIsInTheJournalUntilItIsEnded) {
  DnsJournal& journal = store_->dns_journal();
  EXPECT_EQ(journal.begin_dns_record(sample_record("r1", "o1", "v")).value(), "r1");
  ASSERT_TRUE(journal.keep_dns_record("r1", "{\"id\":7}"));
  reopen();
  const auto all = store_->dns_journal().list_dns_records().value();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].state, DnsRecordState::kStands);
  EXPECT_EQ(all[0].kept, "{\"id\":7}");
  EXPECT_EQ(all[0].record.zone, "a.test");
  ASSERT_TRUE(store_->dns_journal().end_dns_record("r1"));
  EXPECT_THAT(store_->dns_journal().list_dns_records().value(), IsEmpty());
  EXPECT_EQ(outcome(store_->dns_journal().keep_dns_record("r1", "")), "not-found");
}

TEST_P(StoreContract, DnsRecordThatIsBegunAgainKeepsWhatIsKnownOfIt) {
  DnsJournal& journal = store_->dns_journal();
  ASSERT_TRUE(journal.begin_dns_record(sample_record("r1", "o1", "v")));
  ASSERT_TRUE(journal.keep_dns_record("r1", "7"));
  EXPECT_EQ(journal.begin_dns_record(sample_record("r2", "o1", "v")).value(), "r1");
  EXPECT_EQ(journal.find_dns_record("r1")->kept, "7");
  EXPECT_EQ(journal.find_dns_record("r1")->state, DnsRecordState::kAdding);
  EXPECT_EQ(journal.begin_dns_record(sample_record("r3", "o1", "w")).value(), "r3");
}

TEST_P(StoreContract, DnsRecordsOfAnOrderThatIsGoneAreDue) {
  DnsJournal& journal = store_->dns_journal();
  const CredentialSet set = add_set("a.test");
  const Job job = run_job(set.id);
  add_order(job, "o1");
  ASSERT_TRUE(journal.begin_dns_record(sample_record("r1", "o1", "v")));
  ASSERT_TRUE(journal.begin_dns_record(sample_record("r2", "nobody", "w")));
  EXPECT_THAT(ids_of(journal.dns_records_due(at(20), 10).value()), ElementsAre("r2"));
  EXPECT_THAT(journal.dns_records_due(at(9), 10).value(), IsEmpty());
  ASSERT_TRUE(store_->orders().remove_order("o1"));
  EXPECT_THAT(ids_of(journal.dns_records_due(at(20), 10).value()), ElementsAre("r1", "r2"));
  EXPECT_EQ(journal.dns_records_due(at(20), 1)->size(), 1U);
}

TEST_P(StoreContract, DnsRecordThatIsLeavingIsTriedAgainWhenItIsTime) {
  DnsJournal& journal = store_->dns_journal();
  add_order(run_job(add_set("a.test").id), "o1");
  ASSERT_TRUE(journal.begin_dns_record(sample_record("r1", "o1", "v")));
  ASSERT_TRUE(journal.begin_dns_record(sample_record("r2", "o1", "w")));
  EXPECT_THAT(journal.dns_records_due(at(20), 10).value(), IsEmpty()) << "the order is at work";
  ASSERT_TRUE(journal.release_dns_record("r1", at(20)));
  EXPECT_THAT(ids_of(journal.dns_records_due(at(20), 10).value()), ElementsAre("r1"));
  ASSERT_TRUE(journal.retry_dns_record("r1", at(50), "no route"));
  EXPECT_THAT(journal.dns_records_due(at(49), 10).value(), IsEmpty());
  ASSERT_TRUE(journal.release_dns_records("o1", at(30)));
  EXPECT_THAT(ids_of(journal.dns_records_due(at(49), 10).value()), ElementsAre("r2"))
      << "what waits for another try goes on waiting";
  const DnsRecordEntry late = journal.dns_records_due(at(50), 10)->at(1);
  EXPECT_EQ(late.attempts, 1);
  EXPECT_EQ(late.last_error, "no route");
  ASSERT_TRUE(journal.keep_dns_record("r1", "9"));
  EXPECT_EQ(journal.find_dns_record("r1")->state, DnsRecordState::kLeaving);
}

TEST_P(StoreContract, DnsRecordIsSharedWhileAnotherOneStandsForItsValue) {
  DnsJournal& journal = store_->dns_journal();
  ASSERT_TRUE(journal.begin_dns_record(sample_record("r1", "o1", "v")));
  const DnsRecordEntry one = journal.find_dns_record("r1").value();
  ASSERT_TRUE(journal.begin_dns_record(sample_record("r2", "o2", "other")));
  EXPECT_FALSE(journal.dns_record_shared(one).value());
  ASSERT_TRUE(journal.begin_dns_record(sample_record("r3", "o2", "v")));
  EXPECT_TRUE(journal.dns_record_shared(one).value());
  ASSERT_TRUE(journal.release_dns_record("r3", at(20)));
  EXPECT_FALSE(journal.dns_record_shared(one).value());
}

}  // namespace
}  // namespace certstead
