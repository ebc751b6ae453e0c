// An AcmeIssuer with a StubCa at the other end, an account, and a web server that shows what was published.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "acme_client/acme_issuer.h"
#include "acme_client/order_runner.h"
#include "acme_client/stub_ca.h"
#include "base/fake_clock.h"

namespace certstead {

// Answers the self check. Everything that was published is shown, unless `instead` says otherwise.
class StubWeb final : public HttpClient {
 public:
  Result<HttpResponse> send(const HttpRequest& request, Deadline deadline) override;

  std::map<std::string, std::string> published;  // token -> key authorization
  std::vector<std::string> asked;                // URLs
  std::function<std::optional<Result<HttpResponse>>(const std::string& url)> instead;
};

class AcmeTestBed : public testing::Test {
 protected:
  AcmeTestBed();
  void TearDown() override;

  AccountAccess access() const { return {issuer, account, key}; }
  // Runs a fresh order for `names`; `edit` may change it first.
  Result<Order> issue(
      const std::vector<std::string>& names = {"a.example.test"},
      const std::function<void(Order&)>& edit = [](Order&) {});
  Deadline soon() const { return Deadline::after(std::chrono::seconds{30}); }

  FakeClock clock;
  NullLog log;
  StubCa ca{clock};
  StubWeb web;
  IssuerRecord issuer;
  Account account;
  PrivateKey account_key;
  SecretBytes key;
  AcmeIssuer acme;
  OrderRunner runner;
};

}  // namespace certstead
