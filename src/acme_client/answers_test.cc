// Small readers: problems, Retry-After, Link headers, ACME objects.
#include <gtest/gtest.h>

#include "acme_client/acme_objects.h"
#include "acme_client/chain_choice.h"
#include "acme_client/retry_after.h"

namespace certstead {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Instant kNow = from_unix_seconds(1'800'000'000);

Problem problem(int status, const std::string& body, const std::string& retry_after = "") {
  HttpResponse response{status, {}, body, {}};
  if (!retry_after.empty()) response.headers.add("Retry-After", retry_after);
  return problem_of(response, kNow).value();
}

Problem of_type(const std::string& type, int status = 400) {
  return problem(status, R"({"type":"urn:ietf:params:acme:error:)" + type + R"(","detail":"d"})");
}

TEST(Problem, IsNoneForASuccess) {
  EXPECT_FALSE(problem_of({200, {}, R"({"type":"urn:ietf:params:acme:error:malformed"})", {}}, kNow));
  EXPECT_FALSE(problem_of({204, {}, "", {}}, kNow));
}

TEST(Problem, IsUsableWhateverTheBodyIs) {
  for (const char* body : {"", "<html>", "[]", "{}", R"({"type":7,"detail":[],"subproblems":{}})",
                           R"({"type":"about:blank"})", "{\"detail\":\"\xff\"}"}) {
    const Problem one = problem(418, body);
    EXPECT_EQ(one.status, 418);
    EXPECT_EQ(one.type, "");
    EXPECT_FALSE(one.detail.empty()) << body;
    EXPECT_EQ(error_id(one), "acme-error");
  }
}

TEST(Problem, BoundsWhatTheCaSays) {
  std::string parts;
  for (int i = 0; i < 50; ++i)
    parts += std::string(i ? "," : "") + R"({"type":"x","detail":")" + std::string(900, 'd') +
             R"(","identifier":{"type":"dns","value":")" + std::string(900, 'v') + R"("}})";
  const Problem one = problem(400, R"({"type":"urn:ietf:params:acme:error:caa","detail":")" +
                                       std::string(5000, 'x') + R"(","subproblems":[)" + parts + "]}");
  EXPECT_EQ(one.parts.size(), kMaxProblemParts);
  EXPECT_EQ(one.more_parts, 50 - kMaxProblemParts);
  EXPECT_LT(describe(one).size(), 4000U);
  EXPECT_NE(describe(one).find("and 42 more"), std::string::npos);
}

TEST(Problem, MapsToWhatTheCallerCanDo) {
  EXPECT_EQ(to_error(of_type("rateLimited", 429), "x").code, Code::kLimited);
  EXPECT_EQ(to_error(problem(429, ""), "x").code, Code::kLimited);
  EXPECT_EQ(to_error(problem(429, "", "60"), "x").retry_after, seconds{60});
  EXPECT_EQ(to_error(problem(503, "", to_http_date(kNow + hours{1})), "x").retry_after, seconds{3600});
  EXPECT_EQ(to_error(problem(503, "", "99999999999"), "x").retry_after, seconds{7 * 24 * 3600});
  EXPECT_EQ(to_error(of_type("serverInternal", 500), "x").code, Code::kUnavailable);
  EXPECT_EQ(to_error(of_type("alreadyRevoked"), "x").code, Code::kConflict);
  EXPECT_EQ(to_error(of_type("unauthorized", 403), "x").code, Code::kDenied);
  EXPECT_EQ(to_error(of_type("malformed", 404), "x").code, Code::kNotFound);
  EXPECT_EQ(to_error(of_type("badCSR"), "x").code, Code::kInvalid);
  EXPECT_EQ(to_error(of_type("badCSR"), "x").id, "acme-bad-csr");
  EXPECT_EQ(to_error(of_type("orderNotReady", 403), "x").id, "acme-order-not-ready");
  EXPECT_EQ(to_error(of_type("accountDoesNotExist"), "x").id, "account-gone");
  EXPECT_EQ(to_error(of_type("externalAccountRequired", 403), "x").id, "eab-needed");
  EXPECT_EQ(to_error(of_type("bad/../type"), "x").id, "acme-error");
}

TEST(Problem, IsFinalOnlyWhenTheCaItselfSaidNo) {
  EXPECT_TRUE(is_final(of_type("rejectedIdentifier")));
  EXPECT_TRUE(is_final(of_type("unauthorized", 403)));
  EXPECT_TRUE(is_final(problem(404, "")));
  EXPECT_FALSE(is_final(problem(403, "<html>blocked by the proxy</html>")));
  EXPECT_FALSE(is_final(problem(302, "")));
  EXPECT_FALSE(is_final(of_type("rateLimited", 429)));
  EXPECT_FALSE(is_final(of_type("accountDoesNotExist")));
  EXPECT_FALSE(is_final(of_type("malformed", 500)));
}

TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(read_retry_after("120", kNow), seconds{120});
  EXPECT_EQ(read_retry_after(" 0 ", kNow), seconds{0});
  EXPECT_EQ(read_retry_after(to_http_date(kNow + seconds{30}), kNow), seconds{30});
  EXPECT_EQ(read_retry_after(to_http_date(kNow - hours{5}), kNow), seconds{0});
  EXPECT_EQ(read_retry_after("18446744073709551616", kNow), read_retry_after("9223372036854775807", kNow));
  for (const char* bad : {"", "-1", "1.5", "soon", "0x10", "1e9"})
    EXPECT_FALSE(read_retry_after(bad, kNow)) << bad;
}

TEST(AlternateUrls, AreFoundInEverySpelling) {
  const HttpHeaders headers = {
      {"Link", "<https://ca.test/dir>;rel=\"index\", <https://ca.test/c/1>; rel=\"alternate\""},
      {"link", "</c/2>;title=\"x\";REL=alternate"},
      {"Link", "<https://ca.test/c/3>; rel=\"up alternate\","},
      {"Link", "<https://ca.test/c/4>;rel=\"alternates\""},
      {"Link", "<https://ca.test/c/5"},
      {"Link", "rel=alternate"}};
  const std::vector<std::string> want = {"https://ca.test/c/1", "https://ca.test/c/2", "https://ca.test/c/3"};
  EXPECT_EQ(alternate_urls(headers, "https://ca.test/cert/1"), want);
}

TEST(AlternateUrls, AreBounded) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "<https://ca.test/" + std::to_string(i) + ">;rel=alternate,";
  EXPECT_EQ(alternate_urls({{"Link", many}}, "https://ca.test/").size(), kMaxAlternates);
}

TEST(AcmeObjects, KeepUnknownChallengesByTheirType) {
  const CaUrlRule urls("https://ca.test/dir");
  const auto found = read_authorization(
      R"({"identifier":{"type":"dns","value":"a.test"},"status":"pending","challenges":[{"type":"new-99","x":null},)"
      R"({"type":"http-01","url":"https://ca.test/c","token":"t","status":"pending"}]})",
      urls);
  ASSERT_TRUE(found) << found.error().detail;
  ASSERT_EQ(found->challenges.size(), 2U);
  EXPECT_EQ(found->challenges[0].type, "new-99");
  EXPECT_EQ(found->challenges[1].token, "t");
}

TEST(AcmeObjects, RefuseWhatCanNotBeUsed) {
  const CaUrlRule urls("https://ca.test/dir");
  for (const char* order :
       {R"({})", R"({"status":"unheard-of"})", R"({"status":"pending","authorizations":[7]})",
        R"({"status":"pending","authorizations":["http://ca.test/1"]})",
        R"({"status":"pending","finalize":"javascript:x"})"})
    EXPECT_FALSE(read_order(order, urls)) << order;
  EXPECT_TRUE(read_order(R"({"status":"pending"})", urls));
  EXPECT_TRUE(read_order(R"({"status":"pending","authorizations":null,"certificate":"","orders":1})", urls));
  EXPECT_FALSE(read_authorization(
      R"({"identifier":{"type":"dns","value":"a"},"status":"pending","challenges":[{"type":"http-01"}]})",
      urls));
}

TEST(AcmeObjects, KnowAToken) {
  EXPECT_TRUE(is_challenge_token("evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"));
  EXPECT_TRUE(is_challenge_token(std::string(128, 'A')));
  EXPECT_FALSE(is_challenge_token(std::string(129, 'A')));
  EXPECT_FALSE(is_challenge_token(""));
  for (int c = 0; c < 256; ++c) {
    const bool ok = isalnum(c) != 0 || c == '-' || c == '_';
    EXPECT_EQ(is_challenge_token(std::string("a") + static_cast<char>(c)), ok && c < 128) << c;
  }
}

}  // namespace
}  // namespace certstead
