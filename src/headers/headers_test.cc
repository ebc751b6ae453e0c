#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "headers/apply.h"
#include "headers/header_policy.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Headers = std::vector<Header>;

Headers applied(const HeaderPolicy& policy, bool tls, Headers response) {
  apply(policy, tls, response);
  return response;
}

TEST(HeaderApply, EachHeaderOfThePolicyIsThereExactlyOnce) {
  const HeaderPolicy policy{{{"X-Frame-Options", "DENY"}, {"Referrer-Policy", "no-referrer"}}};
  const Headers response = {{"Content-Type", "text/html"},
                            {"x-frame-options", "ALLOWALL"},
                            {"Set-Cookie", "a=1"},
                            {"X-FRAME-OPTIONS", "SAMEORIGIN"},
                            {"Set-Cookie", "b=2"}};
  EXPECT_THAT(applied(policy, true, response),
              ElementsAre(Header{"Content-Type", "text/html"}, Header{"Set-Cookie", "a=1"},
                          Header{"Set-Cookie", "b=2"}, Header{"X-Frame-Options", "DENY"},
                          Header{"Referrer-Policy", "no-referrer"}));
}

TEST(HeaderApply, ApplyingTwiceChangesNothingMore) {
  const Headers once = applied(baseline_headers(), true, {{"Server", "x"}});
  EXPECT_EQ(applied(baseline_headers(), true, once), once);
}

TEST(HeaderApply, HstsNeverLeavesOnPlainHttp) {
  const HeaderPolicy policy{{{"strict-transport-security", "max-age=300"}, {"A", "1"}}};
  const Headers response = {{"Strict-Transport-Security", "max-age=9"}, {"B", "2"}};
  EXPECT_THAT(applied(policy, false, response), ElementsAre(Header{"B", "2"}, Header{"A", "1"}));
  EXPECT_THAT(applied({}, false, response), ElementsAre(Header{"B", "2"}));
  EXPECT_THAT(
      applied(policy, true, response),
      ElementsAre(Header{"B", "2"}, Header{"strict-transport-security", "max-age=300"}, Header{"A", "1"}));
}

TEST(HeaderApply, TheLaterOfTwoPolicyHeadersWins) {
  const HeaderPolicy policy{{{"X-A", "1"}, {"X-B", "2"}, {"x-a", "3"}}};
  EXPECT_THAT(applied(policy, true, {{"X-A", "0"}}), ElementsAre(Header{"X-B", "2"}, Header{"x-a", "3"}));
}

TEST(HeaderApply, WorksOnAnyTypeWithNameAndValue) {
  struct Field {
    std::string name;
    std::string value;
  };
  std::vector<Field> response = {{"X-A", "0"}};
  apply({{{"X-A", "1"}}}, true, response);
  ASSERT_EQ(response.size(), 1U);
  EXPECT_EQ(response[0].value, "1");
}

TEST(HeaderPolicy, TheBaselineIsAPolicyThatMayBeSet) {
  const HeaderPolicy baseline = baseline_headers(std::chrono::hours(24 * 365));
  for (const Header& header : baseline.set) EXPECT_TRUE(check_policy_header(header)) << header.name;
  EXPECT_THAT(baseline.set,
              testing::Contains(Header{"Strict-Transport-Security", "max-age=31536000; includeSubDomains"}));
  EXPECT_THAT(baseline_headers().set.front().value, HasSubstr("max-age=300;"));
}

TEST(HeaderPolicy, WhatBelongsToTheMessageCantBeSet) {
  for (const char* name : {"Content-Length", "transfer-encoding", "CONNECTION", "Upgrade", "TE", "Trailer",
                           "Keep-Alive", "Proxy-Authenticate", "proxy-connection", "Content-Encoding"})
    EXPECT_THAT(check_policy_header({name, "x"}).error().detail, HasSubstr("set by the server itself"))
        << name;
  EXPECT_TRUE(check_policy_header({"X-Proxy-Hint", "x"}));
}

TEST(HeaderPolicy, NamesAreTokens) {
  for (const char* name : {"", "X Frame", "X\tY", "X:Y", ":status", "X(", "H\xc3\xa4", "X\x7f"})
    EXPECT_FALSE(check_policy_header({name, "x"})) << name;
  EXPECT_FALSE(check_policy_header({std::string(101, 'n'), "x"}));
  EXPECT_TRUE(check_policy_header({"!#$%&'*+-.^_`|~09azAZ", "x"}));
}

TEST(HeaderPolicy, ValuesArePrintableAscii) {
  for (const char* value : {"", "a\r\nSet-Cookie: x", "a\tb", "a\x01", "\xc3\xa4", "a\x7f", " a", "a "})
    EXPECT_FALSE(check_policy_header({"X", value})) << value;
  EXPECT_FALSE(check_policy_header({"X", std::string(4097, 'v')}));
  EXPECT_TRUE(check_policy_header({"X", std::string(4096, 'v')}));
}

}  // namespace
}  // namespace certstead
