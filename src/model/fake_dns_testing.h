// Zones with several name servers that may lag, and an API that writes into them: what real ones don't do on
// request.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "model/dns_companions.h"

namespace certstead {

class FakeDns final : public DnsNames {
 public:
  explicit FakeDns(const Clock& clock) : clock_(clock) {}

  // Apex of a zone; names belong to the longest.
  std::vector<std::string> zones = {"example.test", "lab.test", "acme.example.net"};
  std::map<std::string, std::string> cnames;
  // By server, how long a change takes to reach it.
  std::map<std::string, Duration> servers = {{"ns1.test 192.0.2.1", Duration{0}},
                                             {"ns2.test 192.0.2.2", Duration{0}}};
  std::map<std::string, std::vector<std::string>> caa;
  // Every question fails with this until it is cleared.
  std::optional<Error> failure;
  int looks() const;

  void add(const std::string& name, const std::string& value);
  void remove(const std::string& name, const std::string& value);
  std::multiset<std::string> values(const std::string& name) const;
  void replace(const std::string& name, std::multiset<std::string> values);
  // How many TXT records there are in all.
  std::size_t size() const;
  // Whether every server shows it.
  bool shows(const std::string& name, const std::string& value) const;

  Result<DnsPlace> locate(std::string_view name, Deadline deadline) override;
  Result<DnsPropagation> look(const TxtRecord& record, DnsPropagationMode mode, Deadline deadline) override;
  Result<std::vector<DnsServerRecords>> read(std::string_view name, std::string_view zone, DnsRecordType type,
                                             DnsPropagationMode mode, Deadline deadline) override;

 private:
  struct Value {
    std::string text;
    Instant since;
  };
  const Clock& clock_;
  mutable std::mutex mutex_;  // guards what is below
  std::map<std::string, std::vector<Value>> txt_;
  int looks_ = 0;
};

// Providers of the code "fake", with the secret setting "token" that has to be "right".
class FakeDnsProviders final : public DnsProviders {
 public:
  explicit FakeDnsProviders(FakeDns& dns) : dns_(dns) {}

  // What the next calls fail with.
  std::optional<Error> add_fails, remove_fails;
  std::string right = "right";
  // Reads all values at a name and writes them back with the change, as some APIs want it.
  bool reads_and_writes = false;
  // Called when a record has been written, before the provider answers.
  std::function<void(const TxtRecord&)> written;
  // What stands beside every definition; nothing while this is empty.
  std::function<DnsCompanions(const DnsDefinition&)> beside;
  int opened = 0;
  int most_at_once() const { return most_; }

  std::vector<DnsProviderFacts> built_in() const override;
  Result<DnsProviderFacts> describe(const DnsDefinition& definition) const override;
  Result<DnsCompanions> companions(const DnsDefinition& definition,
                                   std::span<const DnsDefinition> known) const override;
  Result<std::unique_ptr<DnsProvider>> open(const DnsAccount& account, const DnsSecrets& secrets,
                                            const DnsDefinition* definition, DnsTrace trace) const override;

 private:
  friend class FakeDnsProvider;
  FakeDns& dns_;
  mutable std::mutex mutex_;  // guards the two below
  mutable int at_once_ = 0, most_ = 0;
};

}  // namespace certstead
