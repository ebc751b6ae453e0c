// Accounts, revocation and renewal information.
#include "acme_client/acme_test_bed.h"
#include "acme_client/known_issuers.h"

namespace certstead {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class AcmeAccountTest : public AcmeTestBed {
 protected:
  AcmeAccountTest() {
    ca.accounts.clear();
    account.url.clear();
  }
  Result<Account> register_account(const SecretBytes& eab = SecretBytes()) {
    return acme.register_account(access(), eab, soon());
  }
  void forget_directory() { clock.advance(hours{2}); }
};

constexpr const char* kTerms =
    R"(,"meta":{"termsOfService":"https://ca.test/terms","website":"https://ca.test/"})";

TEST_F(AcmeAccountTest, IsRegisteredOnceAndFoundAgain) {
  account.email = "me@example.test";
  const auto first = register_account();
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(first->url, ca.base + "/account/1");
  EXPECT_EQ(first->status, "valid");
  EXPECT_NE(ca.last_new_account.find("mailto:me@example.test"), std::string::npos);
  const auto second = register_account();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->url, first->url);
  EXPECT_EQ(ca.accounts.size(), 1U);
}

TEST_F(AcmeAccountTest, NeedsAgreementToTheVeryTermsOfTheDirectory) {
  ca.directory_extra = kTerms;
  const auto refused = register_account();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kDenied);
  EXPECT_EQ(refused.error().id, "terms-not-agreed");
  EXPECT_NE(refused.error().detail.find("https://ca.test/terms"), std::string::npos);
  EXPECT_EQ(ca.count("POST"), 0U);
  account.agreed_terms = "https://ca.test/older-terms";
  EXPECT_EQ(register_account().error().id, "terms-not-agreed");
  account.agreed_terms = "https://ca.test/terms";
  EXPECT_TRUE(register_account());
  EXPECT_NE(ca.last_new_account.find(R"("termsOfServiceAgreed":true)"), std::string::npos);
}

TEST_F(AcmeAccountTest, IsBoundToAnExternalAccount) {
  ca.directory_extra = R"(,"meta":{"externalAccountRequired":true})";
  ca.eab_key = SecretBytes(Bytes(32, 9));
  EXPECT_EQ(register_account().error().id, "eab-needed");
  EXPECT_EQ(ca.count("POST"), 0U);
  account.eab_kid = "kid-1";
  EXPECT_EQ(register_account(SecretBytes(Bytes(32, 8))).error().id,
            "eab-needed");  // the CA does not know that key
  const auto bound = register_account(ca.eab_key);
  ASSERT_TRUE(bound) << bound.error().detail;
  EXPECT_NE(ca.last_new_account.find("externalAccountBinding"), std::string::npos);
}

TEST_F(AcmeAccountTest, AsksForTheBindingThatTheRecordOfTheIssuerNames) {
  issuer.needs_eab = true;
  EXPECT_EQ(register_account().error().id, "eab-needed");
}

TEST_F(AcmeAccountTest, RefusesAddressesThatWouldBeMoreThanOneContact) {
  for (const char* email : {"a@b.test,c@d.test", "a@b.test?cc=x", "nobody", "@b.test", "a@", "a b@c.test",
                            "a@b@c", "\"a\"@b.test", "a%40b@c.test"}) {
    account.email = email;
    const auto refused = register_account();
    ASSERT_FALSE(refused) << email;
    EXPECT_EQ(refused.error().id, "email") << email;
  }
  EXPECT_EQ(ca.count("POST"), 0U);
}

TEST_F(AcmeAccountTest, SaysSoWhenItIsNotRegistered) {
  EXPECT_EQ(issue().error().id, "account-gone");
  EXPECT_TRUE(ca.requests.empty());
}

class RegisteredAccountTest : public AcmeTestBed {
 protected:
  const PrivateKey next = PrivateKey::generate(KeyType::kP256).value();
  Status roll() { return acme.roll_key(access(), next.to_der(), soon()); }
};

TEST_F(RegisteredAccountTest, ChangesItsKey) {
  ASSERT_TRUE(roll());
  EXPECT_TRUE(ca.accounts.at(account.url).same_as(next.public_key()));
  key = next.to_der();
  EXPECT_TRUE(issue());
}

TEST_F(RegisteredAccountTest, ChangesItsKeyFromRsaToEc) {
  const PrivateKey rsa = PrivateKey::generate(KeyType::kRsa2048).value();
  ca.accounts.at(account.url) = rsa.public_key();
  key = rsa.to_der();
  ASSERT_TRUE(roll());
  EXPECT_TRUE(ca.accounts.at(account.url).same_as(next.public_key()));
}

TEST_F(RegisteredAccountTest, FindsTheKeyChangedThatACrashLeftHalfDone) {
  ASSERT_TRUE(roll());
  // The store still has the old key: the same call again is done, not refused.
  const Status again = roll();
  EXPECT_TRUE(again) << again.error().detail;
  EXPECT_TRUE(ca.accounts.at(account.url).same_as(next.public_key()));
}

TEST_F(RegisteredAccountTest, DoesNotTakeAnotherAccountForItsOwn) {
  ca.accounts.emplace(ca.base + "/account/7", next.public_key());
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (request != "POST /key-change") return std::nullopt;
    return ca.problem(409, "malformed");
  };
  const Status taken = roll();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::kConflict);
}

TEST_F(RegisteredAccountTest, DoesNotAskACaThatKeepsKeys) {
  issuer.account_key_rollover = false;
  EXPECT_EQ(roll().error().id, "no-key-rollover");
  EXPECT_EQ(ca.count("POST"), 0U);
}

TEST_F(RegisteredAccountTest, IsDeactivatedAndStaysSo) {
  EXPECT_TRUE(acme.deactivate(access(), soon()));
  ca.accounts.clear();
  EXPECT_TRUE(acme.deactivate(access(), soon()));
}

TEST_F(RegisteredAccountTest, RevokesWithAReason) {
  const auto order = issue();
  ASSERT_TRUE(order);
  EXPECT_TRUE(acme.revoke(order->chain[0], 4, access(), soon()));
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (request != "POST /revoke") return std::nullopt;
    return ca.problem(400, "alreadyRevoked");
  };
  EXPECT_EQ(acme.revoke(order->chain[0], 4, access(), soon()).error().code, Code::kConflict);
}

class RenewalInfoTest : public AcmeTestBed {
 protected:
  RenewalInfoTest() { ca.offers_renewal_info = true; }
  Result<RenewalInfo> ask(int status, const std::string& body, const std::string& retry_after = "") {
    ca.instead = [=](const std::string& request) -> std::optional<Result<HttpResponse>> {
      if (!request.starts_with("GET /ari/")) return std::nullopt;
      HttpResponse response{status, {{"Content-Type", "application/json"}}, body, {}};
      if (!retry_after.empty()) response.headers.add("Retry-After", retry_after);
      return response;
    };
    return acme.renewal_info(issuer, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", soon());
  }
};

constexpr const char* kWindow =
    R"({"suggestedWindow":{"start":"2027-01-02T04:00:00Z","end":"2027-01-03T04:00:00Z"},)"
    R"("explanationURL":"https://ca.test/why"})";

TEST_F(RenewalInfoTest, IsReadWithItsWindow) {
  const auto info = ask(200, kWindow, "21600");
  ASSERT_TRUE(info) << info.error().detail;
  EXPECT_EQ(to_rfc3339(info->window_start), "2027-01-02T04:00:00Z");
  EXPECT_EQ(to_rfc3339(info->window_end), "2027-01-03T04:00:00Z");
  EXPECT_EQ(info->explanation_url, "https://ca.test/why");
  EXPECT_EQ(info->poll_after, hours{6});
  EXPECT_EQ(ca.requests.back(), "GET /ari/aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
}

TEST_F(RenewalInfoTest, IsAskedForAgainAfterAMinuteAtTheEarliestAndADayAtTheLatest) {
  EXPECT_EQ(ask(200, kWindow, "0")->poll_after, minutes{1});
  EXPECT_EQ(ask(200, kWindow, "3153600000")->poll_after, hours{24});
  EXPECT_EQ(ask(200, kWindow, "99999999999999999999999")->poll_after, hours{24});
  EXPECT_EQ(ask(200, kWindow, to_http_date(clock.now() + hours{2}))->poll_after, hours{2});
  EXPECT_EQ(ask(200, kWindow, "soon")->poll_after, hours{6});
  EXPECT_EQ(ask(200, kWindow)->poll_after, hours{6});
}

TEST_F(RenewalInfoTest, FailsSoftlyOnNonsense) {
  EXPECT_EQ(ask(404, "{}").error().code, Code::kNotFound);
  EXPECT_EQ(ask(500, "").error().code, Code::kUnavailable);
  for (const char* body :
       {"", "[]", "{}", R"({"suggestedWindow":{}})", R"({"suggestedWindow":{"start":1,"end":2}})",
        R"({"suggestedWindow":{"start":"tomorrow","end":"2027-01-03T04:00:00Z"}})",
        R"({"suggestedWindow":{"start":"2027-01-04T00:00:00Z","end":"2027-01-03T00:00:00Z"}})"})
    EXPECT_EQ(ask(200, body).error().id, "acme-garbage") << body;
}

TEST_F(RenewalInfoTest, IsNotFoundWhereItIsNotOffered) {
  ca.offers_renewal_info = false;
  EXPECT_EQ(ask(200, kWindow).error().id, "no-renewal-info");
  EXPECT_EQ(acme.renewal_info(issuer, "../../secret", soon()).error().id, "no-renewal-info");
}

TEST_F(AcmeTestBed, TellsTheFactsOfADirectory) {
  ca.directory_extra =
      R"(,"meta":{"termsOfService":"https://ca.test/terms","externalAccountRequired":true,"profiles":{"lean":"x"}})";
  const auto facts = acme.directory(issuer, soon());
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->terms_of_service, "https://ca.test/terms");
  EXPECT_TRUE(facts->external_account_required);
  EXPECT_EQ(facts->profiles, std::vector<std::string>{"lean"});
  EXPECT_FALSE(facts->offers_renewal_info);
}

TEST_F(AcmeTestBed, RefusesADirectoryThatIsNoHttpUrl) {
  issuer.directory_url = "ftp://ca.test/dir";
  EXPECT_EQ(acme.directory(issuer, soon()).error().id, "acme-url");
}

TEST(KnownIssuers, HaveDistinctNamesAndHttpsDirectories) {
  std::vector<std::string> names;
  for (const IssuerRecord& issuer : known_issuers()) {
    EXPECT_TRUE(issuer.built_in);
    EXPECT_EQ(issuer.kind, "acme");
    EXPECT_TRUE(issuer.directory_url.starts_with("https://")) << issuer.name;
    EXPECT_EQ(std::count(names.begin(), names.end(), issuer.name), 0);
    names.push_back(issuer.name);
  }
  EXPECT_EQ(names.size(), 4U);
}

}  // namespace
}  // namespace certstead
