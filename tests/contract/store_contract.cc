#include "contract/store_contract.h"

namespace certstead {

void StoreContract::reopen() {
  store_.reset();
  auto opened = GetParam().open(directory_.path() / "store", clock_, log_);
  if (!opened) throw std::runtime_error(opened.error().detail);
  store_ = std::move(*opened);
}

CredentialSet StoreContract::add_set(const std::string& name) {
  const CredentialSet set = sample_set(name);
  EXPECT_EQ(outcome(store_->credentials().create_set(set, note("set.create"))), "done");
  return set;
}

Job StoreContract::run_job(const std::string& set_id) {
  Job job = sample_job("job-" + set_id, set_id);
  job.run_at = clock_.now();
  EXPECT_EQ(outcome(store_->jobs().add_job(job)), "done");
  return store_->jobs()
      .claim_job("worker", clock_.now(), clock_.now() + std::chrono::minutes(5))
      .value()
      .value();
}

Order StoreContract::add_order(const Job& job, const std::string& id) {
  const Order order = sample_order(id, job.set_id, job.id);
  EXPECT_EQ(outcome(store_->orders().create_order(order, job.fence)), "done");
  return order;
}

CredentialVersion StoreContract::activate(const CredentialSet& set, std::int64_t number) {
  const CredentialVersion version = sample_version(set, number, KeyType::kP256);
  EXPECT_EQ(outcome(store_->versions().activate(set, {version}, "", 0, note("version.activate"))), "done");
  return version;
}

std::vector<std::string> StoreContract::changes_after(std::int64_t seq) {
  std::vector<std::string> out;
  const auto changes = store_->feed().changes_after(seq, 1000).value();
  for (const FeedChange& change : changes) {
    out.push_back(change.kind + " " + change.object + (change.gone ? " gone" : ""));
  }
  return out;
}

std::vector<std::string> StoreContract::audited() {
  std::vector<std::string> out;
  const auto records = store_->audit().audit_after(0, 1000).value();
  for (const AuditRecord& record : records) out.push_back(record.note.action);
  return out;
}

}  // namespace certstead
