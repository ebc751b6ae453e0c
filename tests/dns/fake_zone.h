// A fake zone (tests/fake_zones) that a test runs, and accounts on it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/temp_dir.h"
#include "dns/provider_factory.h"
#include "peers/process.h"

namespace certstead {

inline constexpr const char* kChallengeName = "_acme-challenge.www.example.test";
inline constexpr const char* kZoneName = "example.test";

// Sends every request to a port of the loopback and says there which URL was meant.
class RewritingClient final : public HttpClient {
 public:
  explicit RewritingClient(std::uint16_t port);
  Result<HttpResponse> send(const HttpRequest& request, Deadline deadline) override;

 private:
  const std::uint16_t port_;
  std::unique_ptr<HttpClient> client_;
};

class FakeZone {
 public:
  // The test fails if it does not start. `environment`: "NAME=value" for what a provider's file leaves open.
  explicit FakeZone(const std::string& provider, std::vector<std::string> environment = {});

  using Rows = std::vector<std::vector<std::string>>;
  Rows records();
  // Values of the TXT records at kChallengeName, sorted.
  std::vector<std::string> values();
  void fail(const std::string& how);
  std::uint16_t port() const { return port_; }

  // An account with the right credentials, or with wrong ones.
  Result<std::unique_ptr<DnsProvider>> open(bool right = true, DnsTrace trace = {});
  // The secrets of the account with wrong credentials.
  std::vector<std::string> wrong_secrets() const;
  std::vector<std::string> right_secrets() const;
  const std::string& denied() const { return denied_; }
  std::int64_t limit() const { return limit_; }  // how many values the API holds at a name; 0 for any number
  bool stays() const { return stays_; }          // the API has no way to take one value away

 private:
  std::string ask(const std::string& method, const std::string& path);
  void split_settings(bool right, DnsAccount& account, DnsSecrets& secrets) const;

  const std::string provider_;
  TempDir directory_;
  std::optional<Process> process_;
  std::uint16_t port_ = 0;
  std::map<std::string, std::string> settings_, wrong_;
  std::string denied_;
  std::int64_t limit_ = 0;
  bool stays_ = false;
  SystemClock clock_;
  std::unique_ptr<HttpClient> direct_;
  std::unique_ptr<RewritingClient> client_;
  std::unique_ptr<ProviderFactory> factory_;
};

// A record at kChallengeName.
TxtRecord challenge(const std::string& value);

}  // namespace certstead
