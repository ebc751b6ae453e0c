#include "test_manager.h"

#include <stdexcept>

#include "manager/executor.h"
#include "manager/set_changes.h"
#include "vault/member_record.h"
#include "vault/store_key.h"

namespace certstead {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

}  // namespace

TestManager::TestManager() {
  store = must(open_sqlite_store(dir.path() / "data", clock, log));
  make_fleet();
  build();
  IssuerRecord issuer;
  issuer.name = "fake";
  issuer.directory_url = "https://ca.test/directory";
  must(issuers->add(issuer, actor));
  must(
      store->settings().set_setting("default-issuer", "fake", {"test", "setting", "default-issuer", "fake"}));
}

TestManager::~TestManager() {
  if (member) member->stop();
}

void TestManager::make_fleet() {
  const Instant now = clock.now();
  store_id = must(store->settings().identity()).store_id;
  fleet_ca = must(FleetCa::make(now));
  manager_identity = must(make_identity(*fleet_ca, {Role::kManager, "manager-1"}, now));
  member_identity = must(make_identity(*fleet_ca, {Role::kMember, "local"}, now));
  must(store->settings().put_store_key(
      must(make_store_key(*fleet_ca, store_id, 1,
                          {{manager_identity->id, manager_identity->sealing.certificate.der()}}, now)),
      {"test", "store-key.make", "1", ""}));
  must(store->members().put_member(member_record(*member_identity, member_identity->id, now),
                                   {"test", "member.add", "local", ""}));
}

void TestManager::build() {
  vault = std::make_unique<Vault>(
      *manager_identity, store_id, [this] { return store->settings().store_keys(); }, clock);
  signer = std::make_unique<SealerManifestSigner>(*vault, store_id);
  feed = std::make_unique<FeedSource>(store->ports(), *signer, clock);
  MemberOptions options;
  options.views.push_back({"gateway", dir.path() / "view", {}, {}});
  member = must(Member::open(*member_identity, store_id, options, *feed, clock, log));
  member->start();
  micro_ca = std::make_unique<MicroCa>(
      MicroCaPorts{store->cas(), store->roots(), store->settings(), *vault, clock, log});
  dns_records = std::make_unique<DnsRecords>(store->ports(), *vault, dns_providers, dns, clock, log);
  context.emplace(Context{store->ports(), *vault, *signer, key_maker, chains, inspector, ca, ca, *micro_ca,
                          *member, domains, clock, log, dns_records.get()});
  requests = std::make_unique<Requests>(*context);
  accounts = std::make_unique<AccountDesk>(*context);
  issuers = std::make_unique<IssuerDesk>(*context);
  export_vault = std::make_unique<FleetExportVault>(*fleet_ca, store_id, clock);
  exports = std::make_unique<ExportDesk>(*context, *export_vault, encoder);
  manual = std::make_unique<ManualDesk>(*context);
}

void TestManager::restart() {
  member->stop();
  member.reset();
  store.reset();
  store = must(open_sqlite_store(dir.path() / "data", clock, log));
  build();
  must(store->jobs().release_leases("restarted"));
}

int TestManager::run_due() {
  ExecutorOptions options;
  options.short_wait = Duration{0};  // nobody turns the clock while a run sleeps
  Executor executor(*context, options, [] { return false; });
  int runs = 0;
  for (; runs < 100; ++runs) {
    const auto job =
        must(store->jobs().claim_job("test", clock.now(), clock.now() + std::chrono::minutes{1}));
    if (!job) return runs;
    must(executor.run(*job));
  }
  throw std::runtime_error("the jobs never end");
}

RequestInput TestManager::input(std::vector<std::string> hosts) const {
  RequestInput out;
  out.hosts = std::move(hosts);
  out.key_types = {"p256"};
  return out;
}

SetView TestManager::issue(const std::vector<std::string>& hosts, const std::vector<std::string>& keys) {
  RequestInput wanted = input(hosts);
  wanted.key_types = keys;
  const auto outcome = must(requests->request(wanted, actor));
  run_due();
  return show(outcome.set.name);
}

int TestManager::renew_due() {
  for (const CredentialSet& set : must(store->credentials().sets_due(clock.now(), 100))) {
    if (set.status == SetStatus::kIssued)
      must(start_issue(*context, set, "", clock.now(), {"test", "set.renew", set.name, ""}));
  }
  return run_due();
}

}  // namespace certstead
