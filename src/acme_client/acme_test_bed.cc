#include "acme_client/acme_test_bed.h"

#include "base/text.h"

namespace certstead {
namespace {

// Hands requests on to an object that lives in the test.
class Forward final : public HttpClient {
 public:
  explicit Forward(HttpClient& to) : to_(to) {}
  Result<HttpResponse> send(const HttpRequest& request, Deadline deadline) override {
    return to_.send(request, deadline);
  }

 private:
  HttpClient& to_;
};

IssuerRecord stub_issuer(const std::string& directory_url) {
  IssuerRecord issuer;
  issuer.name = "stub";
  issuer.directory_url = directory_url;
  return issuer;
}

}  // namespace

Result<HttpResponse> StubWeb::send(const HttpRequest& request, Deadline) {
  asked.push_back(request.url);
  if (instead) {
    if (auto other = instead(request.url)) return *other;
  }
  const auto found = published.find(request.url.substr(request.url.rfind('/') + 1));
  if (found == published.end()) return HttpResponse{404, {}, "no such page", {}};
  return HttpResponse{200, {}, found->second, {}};
}

AcmeTestBed::AcmeTestBed()
    : issuer(stub_issuer(ca.directory_url())),
      account_key(PrivateKey::generate(KeyType::kP256).value()),
      key(account_key.to_der()),
      acme({[this](const IssuerRecord&) -> Result<std::unique_ptr<HttpClient>> { return ca.client(); },
            [this](const IssuerRecord&) -> Result<std::unique_ptr<HttpClient>> {
              return std::unique_ptr<HttpClient>(std::make_unique<Forward>(web));
            },
            {}},
           clock, log),
      runner(acme, {issuer, account, key}) {
  account.issuer = issuer.name;
  account.name = "default";
  account.url = ca.base + "/account/1";
  ca.accounts.emplace(account.url, account_key.public_key());
  runner.publish = [this](const ChosenChallenge& challenge) {
    web.published[challenge.token] = challenge.key_authorization;
  };
  runner.now = [this] { return clock.now(); };
  runner.wait_until = [this](Instant at) { clock.advance(at - clock.now()); };
}

void AcmeTestBed::TearDown() { EXPECT_TRUE(ca.violations.empty()) << join(ca.violations, "\n"); }

Result<Order> AcmeTestBed::issue(const std::vector<std::string>& names,
                                 const std::function<void(Order&)>& edit) {
  Order order = new_order(names, clock.now());
  edit(order);
  return runner.run(std::move(order));
}

}  // namespace certstead
