#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "model/backoff.h"
#include "model/domain_name.h"
#include "model/health.h"
#include "model/renewal.h"
#include "model/set_name.h"

namespace certstead {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const Instant kStart = from_unix_seconds(1'800'000'000);

TEST(DomainName, IsLowerCaseWithoutTrailingDot) {
  EXPECT_EQ(DomainName::parse("WWW.Example.TEST.").value().ascii(), "www.example.test");
}

// Names that are canonical already take a short way; a capital letter makes them take the long one.
TEST(DomainName, IsTheSameByTheShortWayAndTheLong) {
  constexpr std::string_view kSigns = "a1-.";
  const auto outcome = [](const std::string& text) {
    const auto name = DomainName::parse(text);
    return name ? name->ascii() : name.error().id;
  };
  std::vector<std::string> texts = {""};
  for (std::size_t at = 0; at < texts.size(); ++at) {
    const std::string text = texts[at];
    EXPECT_EQ(outcome("b" + text), outcome("B" + text));
    EXPECT_EQ(outcome(text + "b"), outcome(text + "B"));
    for (std::size_t i = 0; i < kSigns.size() && text.size() < 6; ++i) texts.push_back(text + kSigns[i]);
  }
  for (const std::size_t length : {62U, 63U, 64U}) {
    const std::string label(length, 'a');
    EXPECT_EQ(outcome(label + ".b"), outcome(label + ".B"));
    const std::string name = label + "." + label + "." + label + "." + label;  // 251 to 259 characters
    EXPECT_EQ(outcome(name), outcome("A" + name.substr(1)));
  }
}

TEST(DomainName, TakesUnicodeAndShowsBothForms) {
  const auto name = DomainName::parse(
      "b\xc3\xbc"
      "cher.example");
  ASSERT_TRUE(name) << name.error().detail;
  EXPECT_EQ(name->ascii(), "xn--bcher-kva.example");
  EXPECT_EQ(name->unicode(),
            "b\xc3\xbc"
            "cher.example");
  EXPECT_EQ(DomainName::parse("xn--bcher-kva.example").value(), *name);
}

TEST(DomainName, IsShownToPeopleInBothForms) {
  EXPECT_EQ(name_for_people("*.xn--bcher-kva.example"),
            "*.b\xc3\xbc"
            "cher.example (*.xn--bcher-kva.example)");
  EXPECT_EQ(name_for_people("www.example.test"), "www.example.test");
  EXPECT_EQ(name_for_people("no host\x1b"), printable("no host\x1b"));
}

TEST(DomainName, NamesWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"ex ample.com", "name-blank"},
      {"a_b.example", "name-underscore"},
      {"", "name-empty"},
      {".", "name-empty"},
      {".example.test", "name-empty-label"},
      {"a..b", "name-empty-label"},
      {"*.example.test", "name-wildcard"},
      {"a*.example.test", "name-wildcard"},
      {"-a.test", "name-hyphen"},
      {"a-.test", "name-hyphen"},
      {"ab--c.test", "name-hyphen"},
      {std::string(64, 'a') + ".test", "name-label-length"},
      {"xn--zzzzzz99999.test", "name-punycode"},
      {"xn--a.test", "name-punycode"},
      {"192.0.2.1", "name-address"},
      {"[2001:db8::1]", "name-address"},
      {"2001:db8::1", "name-address"},
      {"\xe2\x91\xaa.", "name-address"},       // a circled 11
      {"1.2.3.\xef\xbc\x94", "name-address"},  // a wide 4
      {"a/b.test", "name-character"},
      {std::string("a\0b.test", 8), "name-character"},
      {"http://a.test", "name-url"},
      {"a.test:443", "name-port"},
      {"b\xc3\xbc_x.example", "name-underscore"},
      {"b\xc3\xbc x.example", "name-blank"},
      {"\xff\xfe.test", "name-idn"}};
  for (const auto& [text, id] : table) {
    const auto name = DomainName::parse(text);
    ASSERT_FALSE(name) << text << " became " << name->ascii();
    EXPECT_EQ(name.error().id, id) << text << ": " << name.error().detail;
  }
}

TEST(DomainName, MayNotBeLongerThan253Characters) {
  std::string label(61, 'a');
  const std::string longest = label + "." + label + "." + label + "." + label + ".test";  // 4 * 62 + 4 = 252
  EXPECT_TRUE(DomainName::parse(longest));
  EXPECT_EQ(DomainName::parse("aa." + longest).error().id, "name-length");
}

TEST(HostPattern, WildcardCoversOneLabelOnly) {
  const HostPattern pattern = HostPattern::parse("*.example.test").value();
  EXPECT_TRUE(pattern.covers(DomainName::parse("a.example.test").value()));
  EXPECT_FALSE(pattern.covers(DomainName::parse("example.test").value()));
  EXPECT_FALSE(pattern.covers(DomainName::parse("a.b.example.test").value()));
  EXPECT_EQ(pattern.ascii(), "*.example.test");
}

TEST(HostPattern, RefusesAWildcardOverATopLevel) {
  EXPECT_EQ(HostPattern::parse("*.test").error().id, "name-wildcard");
  EXPECT_EQ(HostPattern::parse("*.*.example.test").error().id, "name-wildcard");
}

TEST(SetName, IsTheHostNameAndTellsAWildcardFromTheHostAboveIt) {
  const auto name_after = [](std::string_view first) {
    return set_name_after(HostPattern::parse(first).value());
  };
  EXPECT_EQ(name_after("www.example.test"), "www.example.test");
  EXPECT_EQ(name_after("*.example.test"), "wildcard.example.test");
  EXPECT_EQ(name_after("WWW.Example.test"), "www.example.test");
}

TEST(Renewal, FallsIntoTheLastThirdOfALongLife) {
  const Instant end = kStart + days{90};
  for (int i = 0; i < 1000; ++i) {
    const Instant at = renew_at(kStart, end, "set" + std::to_string(i));
    EXPECT_GE(at, kStart + days{60});
    EXPECT_LE(at, kStart + days{81});
  }
}

TEST(Renewal, FallsIntoTheLastHalfOfAShortLife) {
  for (int i = 0; i < 100; ++i) {
    const Instant at = renew_at(kStart, kStart + days{6}, std::to_string(i));
    EXPECT_GE(at, kStart + days{3});
    EXPECT_LT(at, kStart + days{6});
  }
}

TEST(Renewal, TenThousandMadeTogetherAreNotRenewedTogether) {
  std::vector<int> per_hour(21 * 24, 0);
  for (int i = 0; i < 10'000; ++i) {
    const Instant at = renew_at(kStart, kStart + days{90}, "set" + std::to_string(i));
    ++per_hour.at(static_cast<std::size_t>((at - kStart - days{60}) / hours{1}));
  }
  // Uniform would be 19.8 an hour; 60 is nine standard deviations away.
  EXPECT_LT(*std::max_element(per_hour.begin(), per_hour.end()), 60);
}

TEST(Renewal, SurvivesALifeTurnedUpsideDown) { EXPECT_EQ(renew_at(kStart, kStart - days{1}, "x"), kStart); }

TEST(Renewal, AWindowThatIsOverMeansNow) {
  EXPECT_EQ(renew_within(kStart - days{2}, kStart - days{1}, "x", kStart), kStart);
  EXPECT_EQ(renew_within(kStart + days{2}, kStart + days{1}, "x", kStart), kStart);
  const Instant at = renew_within(kStart + days{1}, kStart + days{2}, "x", kStart);
  EXPECT_GE(at, kStart + days{1});
  EXPECT_LE(at, kStart + days{2});
}

TEST(Backoff, AllowsAtMost27TriesADay) {
  for (int id = 0; id < 200; ++id) {
    Duration passed{0};
    int tries = 1;
    while ((passed += backoff(tries, std::to_string(id))) < hours{24}) ++tries;
    EXPECT_LE(tries, 27);
    EXPECT_GE(tries, 15);
  }
}

TEST(Backoff, StaysFiniteForAnyCount) {
  EXPECT_LE(backoff(2'000'000'000, "x"), hours{7});
  EXPECT_GE(backoff(-3, "x"), Duration{54'000});
}

CredentialVersion version_of(KeyType type, Instant from, Instant to) {
  CredentialVersion version;
  version.key_type = type;
  version.facts.not_before = from;
  version.facts.not_after = to;
  return version;
}

CredentialSet dual_set() {
  CredentialSet set;
  set.key_types = {KeyType::kP256, KeyType::kRsa2048};
  set.status = SetStatus::kIssued;
  return set;
}

TEST(Health, IsRedWhenOneKeyTypeIsMissing) {
  const auto report =
      judge(dual_set(), {version_of(KeyType::kP256, kStart, kStart + days{90})}, kStart + days{1});
  EXPECT_EQ(report.certificate, Health::kRed);
  ASSERT_EQ(report.reasons.size(), 1U);
  EXPECT_NE(report.reasons[0].find("rsa2048"), std::string::npos);
}

TEST(Health, AFailingRenewalIsNeverGreenThoughTheCertificateIs) {
  CredentialSet set = dual_set();
  set.operation.failures = 1;
  set.operation.last_error = "the CA does not answer";
  const std::vector<CredentialVersion> active = {version_of(KeyType::kP256, kStart, kStart + days{90}),
                                                 version_of(KeyType::kRsa2048, kStart, kStart + days{90})};
  const auto report = judge(set, active, kStart + days{1});
  EXPECT_EQ(report.certificate, Health::kGreen);
  EXPECT_EQ(report.overall(), Health::kYellow);
  set.operation.failures = 3;
  EXPECT_EQ(judge(set, active, kStart + days{1}).overall(), Health::kRed);
}

TEST(Health, IsRedOnTheLastDayAndAfter) {
  CredentialSet set = dual_set();
  set.key_types = {KeyType::kP256};
  const std::vector<CredentialVersion> active = {version_of(KeyType::kP256, kStart, kStart + days{90})};
  EXPECT_EQ(judge(set, active, kStart + days{88}).overall(), Health::kGreen);
  EXPECT_EQ(judge(set, active, kStart + days{89} + minutes{1}).overall(), Health::kRed);
  EXPECT_EQ(judge(set, active, kStart + days{90}).overall(), Health::kRed);
}

TEST(Health, AShortLifeIsRedOnlyInItsLastTenth) {
  CredentialSet set = dual_set();
  set.key_types = {KeyType::kP256};
  const std::vector<CredentialVersion> active = {version_of(KeyType::kP256, kStart, kStart + hours{1})};
  EXPECT_EQ(judge(set, active, kStart + minutes{50}).overall(), Health::kGreen);
  EXPECT_EQ(judge(set, active, kStart + minutes{55}).overall(), Health::kRed);
}

TEST(Health, IsRedWhenRevokedWithoutAnActiveCertificateAndQuietWhenArchived) {
  CredentialSet set = dual_set();
  set.status = SetStatus::kRevoked;
  const auto report = judge(set, {}, kStart);
  EXPECT_EQ(report.certificate, Health::kRed);
  ASSERT_EQ(report.reasons.size(), 1U);
  EXPECT_NE(report.reasons[0].find("revoked"), std::string::npos);
  set.status = SetStatus::kArchived;
  EXPECT_EQ(judge(set, {}, kStart).overall(), Health::kGreen);
}

TEST(Health, IsYellowWhenRenewalIsOverdue) {
  CredentialSet set = dual_set();
  set.key_types = {KeyType::kP256};
  set.renew_at = kStart + days{60};
  const std::vector<CredentialVersion> active = {version_of(KeyType::kP256, kStart, kStart + days{90})};
  EXPECT_EQ(judge(set, active, kStart + days{60} + hours{2}).overall(), Health::kGreen);
  EXPECT_EQ(judge(set, active, kStart + days{62}).overall(), Health::kYellow);
}

TEST(Words, EveryStatusIsReadBack) {
  for (int i = 0; i <= static_cast<int>(SetStatus::kExpired); ++i) {
    const auto status = static_cast<SetStatus>(i);
    EXPECT_EQ(parse_set_status(set_status_name(status)).value(), status);
  }
  EXPECT_EQ(parse_set_status("served").error().code, Code::kInvalid);
}

}  // namespace
}  // namespace certstead
