// Rules of health as tables: what is found, how bad it is, and that each reason is named once.
#include <gmock/gmock.h>

#include "model/certificate_findings.h"
#include "model/url_watch.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Instant kNow = from_unix_seconds(1'800'000'000);

CredentialSet set_of(const std::vector<std::string>& names) {
  CredentialSet set;
  set.id = "s1";
  set.name = "www";
  for (const std::string& name : names) set.names.push_back(HostPattern::parse(name).value());
  set.key_types = {KeyType::kP256};
  set.status = SetStatus::kIssued;
  return set;
}

CredentialVersion version_for(const std::vector<std::string>& names) {
  CredentialVersion version;
  version.id = "v1";
  version.set_id = "s1";
  version.facts.names = names;
  version.facts.not_before = kNow - std::chrono::days(10);
  version.facts.not_after = kNow + std::chrono::days(80);
  return version;
}

VersionCheck sound_check() {
  VersionCheck check;
  check.version_id = "v1";
  check.set_id = "s1";
  check.checked_at = kNow;
  check.revocation = RevocationStatus::kGood;
  return check;
}

std::vector<std::string> ids_of(const std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const Finding& finding : findings) out.push_back(finding.id);
  return out;
}

std::vector<Finding> findings_with(const VersionCheck& check) {
  return certificate_findings(set_of({"www.example.test"}), {version_for({"www.example.test"})}, {check},
                              kNow);
}

TEST(CertificateFindings, ASoundCertificateHasNone) { EXPECT_THAT(findings_with(sound_check()), IsEmpty()); }

TEST(CertificateFindings, AWildcardCoversOneLabelOnly) {
  const CredentialSet set = set_of({"a.example.test", "example.test", "a.b.example.test"});
  const auto findings = certificate_findings(set, {version_for({"*.example.test"})}, {}, kNow);
  ASSERT_THAT(ids_of(findings), ElementsAre("name-not-covered"));
  EXPECT_EQ(findings[0].severity, Health::kRed);
  EXPECT_THAT(findings[0].detail, HasSubstr("does not cover example.test, a.b.example.test;"));
}

TEST(CertificateFindings, ARevokedOneIsRedAndSaysSinceWhenAndWhy) {
  VersionCheck check = sound_check();
  check.revocation = RevocationStatus::kRevoked;
  check.revoked_at = from_unix_seconds(1'799'000'000);
  check.revocation_reason = 1;
  const auto findings = findings_with(check);
  ASSERT_THAT(ids_of(findings), ElementsAre("revoked"));
  EXPECT_EQ(findings[0].severity, Health::kRed);
  EXPECT_THAT(findings[0].detail,
              HasSubstr("was revoked at " + to_rfc3339(*check.revoked_at) + " (keyCompromise)"));
}

TEST(CertificateFindings, UnknownRevocationIsYellowAfterADayOnly) {
  VersionCheck check = sound_check();
  check.revocation = RevocationStatus::kUnknown;
  check.revocation_detail = "the responder does not answer";
  check.unknown_since = kNow - kRevocationPatience + std::chrono::minutes(1);
  EXPECT_THAT(findings_with(check), IsEmpty());
  check.unknown_since = kNow - kRevocationPatience;
  const auto findings = findings_with(check);
  ASSERT_THAT(ids_of(findings), ElementsAre("revocation-unknown"));
  EXPECT_EQ(findings[0].severity, Health::kYellow);
  EXPECT_THAT(findings[0].detail, HasSubstr("not known since"));
}

TEST(CertificateFindings, WeakIsRedAndAnOpenChainYellow) {
  VersionCheck check = sound_check();
  check.weaknesses = {"the leaf has a key of RSA 1024 bits only"};
  check.root_known = false;
  const auto findings = findings_with(check);
  ASSERT_THAT(ids_of(findings), ElementsAre("weak", "chain-incomplete"));
  EXPECT_EQ(findings[0].severity, Health::kRed);
  EXPECT_EQ(findings[1].severity, Health::kYellow);
  EXPECT_THAT(findings[1].detail, HasSubstr("certstead roots rechain www"));
}

TEST(CertificateFindings, ACheckThatWasNotMadeYetSaysNothing) {
  VersionCheck check;
  check.version_id = "v1";
  check.root_known = false;
  EXPECT_THAT(findings_with(check), IsEmpty());
}

TEST(HealthOf, NamesEachReasonOnceAndTheWorstFirst) {
  CredentialSet set = set_of({"www.example.test"});
  set.renew_at = kNow - std::chrono::days(3);
  VersionCheck check = sound_check();
  check.revocation = RevocationStatus::kRevoked;
  CredentialVersion version = version_for({"www.example.test"});
  CredentialVersion twin = version;
  const HealthReport report = health_of(set, {version, twin}, {check}, kNow);
  EXPECT_THAT(ids_of(report.findings), ElementsAre("revoked", "renewal-overdue"));
  EXPECT_EQ(report.reasons.size(), 2U);
  EXPECT_EQ(report.overall(), Health::kRed);
}

TEST(RootFindings, WarnThirtyDaysAheadAndAreRedAfterTheEnd) {
  TrustedRoot root;
  root.name = "Example Root";
  root.self_signed = true;
  root.facts.not_after = kNow + std::chrono::days(31);
  EXPECT_THAT(root_findings({root}, kNow), IsEmpty());
  root.facts.not_after = kNow + std::chrono::days(30);
  EXPECT_THAT(ids_of(root_findings({root}, kNow)), ElementsAre("root-expires"));
  root.facts.not_after = kNow;
  const auto over = root_findings({root}, kNow);
  ASSERT_THAT(ids_of(over), ElementsAre("root-expired"));
  EXPECT_EQ(over[0].severity, Health::kRed);
}

TEST(ParseWatch, TakesTheFormsThatPeopleWrite) {
  const auto name_of = [](std::string_view text) { return parse_watch(text).value().name; };
  EXPECT_EQ(name_of("www.example.test"), "www.example.test:443");
  EXPECT_EQ(name_of("WWW.Example.test:8443"), "www.example.test:8443");
  EXPECT_EQ(name_of("https://www.example.test/a?b"), "www.example.test:443");
  EXPECT_EQ(name_of("[::1]:993"), "[::1]:993");
  EXPECT_EQ(name_of("::1"), "[::1]:443");
  EXPECT_EQ(name_of("127.0.0.1:25"), "127.0.0.1:25");
  EXPECT_EQ(name_of("b\xc3\xbc"
                    "cher.example"),
            "xn--bcher-kva.example:443");
  for (const char* bad :
       {"", "a b", "host:0", "host:70000", "host:", "*.example.test", "a\r\nb.test", "[::1"}) {
    EXPECT_EQ(parse_watch(bad).error().id, "watch-address") << bad;
  }
}

struct WatchCase {
  const char* name;
  std::function<void(ProbeFacts&)> change;
  std::vector<std::string> findings;
};

TEST(WatchFindings, JudgeWhatWasServed) {
  const std::vector<WatchCase> cases = {
      {"sound", [](ProbeFacts&) {}, {}},
      {"expired", [](ProbeFacts& p) { p.leaf.not_after = kNow - Duration{1}; }, {"expired"}},
      {"soon", [](ProbeFacts& p) { p.leaf.not_after = kNow + std::chrono::hours(5); }, {"expires-soon"}},
      {"future", [](ProbeFacts& p) { p.leaf.not_before = kNow + Duration{1}; }, {"not-yet-valid"}},
      {"other name", [](ProbeFacts& p) { p.names_server = false; }, {"wrong-name"}},
      {"untrusted", [](ProbeFacts& p) { p.verified = false; }, {"chain-untrusted"}},
  };
  const UrlWatch watch = parse_watch("www.example.test").value();
  for (const WatchCase& one : cases) {
    ProbeFacts facts;
    facts.leaf = version_for({"www.example.test"}).facts;
    facts.names_server = facts.verified = true;
    one.change(facts);
    EXPECT_EQ(ids_of(watch_findings(watch, facts, std::nullopt, kNow)), one.findings) << one.name;
  }
  EXPECT_THAT(ids_of(watch_findings(watch, unavailable("nobody listens"), std::nullopt, kNow)),
              ElementsAre("no-handshake"));
  ChainReport weak;
  weak.weaknesses = {"the leaf is signed with sha1WithRSAEncryption"};
  ProbeFacts facts;
  facts.leaf = version_for({}).facts;
  facts.names_server = facts.verified = true;
  EXPECT_THAT(ids_of(watch_findings(watch, facts, weak, kNow)), ElementsAre("weak"));
}

}  // namespace
}  // namespace certstead
