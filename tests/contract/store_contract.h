// What every store must do, whatever it stands on. An implementation instantiates StoreContract with its
// factory and links the files beside this one.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/fake_clock.h"
#include "base/log_sink.h"
#include "base/temp_dir.h"
#include "store/store.h"

namespace certstead {

struct StoreFactory {
  std::string name;
  // Opens the store that lies in the directory, or makes one there.
  std::function<Result<std::unique_ptr<Store>>(const std::filesystem::path&, const Clock&, LogSink&)> open;
};

class StoreContract : public testing::TestWithParam<StoreFactory> {
 protected:
  StoreContract() { reopen(); }
  // Ends the store and opens it again from what it left on the disk.
  void reopen();

  CredentialSet add_set(const std::string& name);
  // A running job for the set, claimed by "worker".
  Job run_job(const std::string& set_id);
  // An order of that job, stored.
  Order add_order(const Job& job, const std::string& id);
  // Activates one fresh version of `set` and returns it.
  CredentialVersion activate(const CredentialSet& set, std::int64_t number);
  CredentialSet current(const CredentialSet& set) { return store_->credentials().find_set(set.id).value(); }
  std::int64_t head() { return store_->settings().identity()->seq; }
  // "set ID", "challenge TOKEN gone", ...
  std::vector<std::string> changes_after(std::int64_t seq);
  // The actions of all audit records.
  std::vector<std::string> audited();

  TempDir directory_;
  FakeClock clock_;
  NullLog log_;
  std::unique_ptr<Store> store_;
};

// Records with every field set to something else than its default.
AuditNote note(const std::string& action);
SealedSecret sample_secret(const std::string& record);
std::vector<Grant> sample_grants(const std::string& record);
CredentialSet sample_set(const std::string& name);
CredentialVersion sample_version(const CredentialSet& set, std::int64_t number, KeyType type);
Order sample_order(const std::string& id, const std::string& set_id, const std::string& job_id);
Job sample_job(const std::string& id, const std::string& set_id);
Account sample_account(const std::string& issuer, const std::string& name);
IssuerRecord sample_issuer(const std::string& name);
TrustedRoot sample_root(const std::string& name);
PublishedChallenge sample_challenge(const std::string& token, const std::string& order_id);
MemberRecord sample_member(const std::string& id);
CertificateFacts sample_facts(const std::string& serial);

// Every field as text, to compare records by.
std::string dump(const CredentialSet& set);
std::string dump(const CredentialVersion& version);
std::string dump(const Order& order);
std::string dump(const Job& job);
std::string dump(const Account& account);
std::string dump(const IssuerRecord& issuer);
std::string dump(const TrustedRoot& root);
std::string dump(const PublishedChallenge& challenge);
std::string dump(const MemberRecord& member);

// The code of a failure; "done" of a success, so that a test can name either.
template <class T>
std::string outcome(const Result<T>& result) {
  return result ? "done" : std::string(code_name(result.error().code));
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& records) {
  std::vector<std::string> out;
  for (const T& record : records) out.push_back(record.name);
  return out;
}
template <class T>
std::vector<std::string> ids_of(const std::vector<T>& records) {
  std::vector<std::string> out;
  for (const T& record : records) out.push_back(record.id);
  return out;
}

}  // namespace certstead
