#include "tlscache/selection.h"

#include <gtest/gtest.h>

#include <map>

namespace certstead {
namespace {

const Instant kNow = from_unix_seconds(1000);

CredentialRef ref(const std::string& id, KeyType type, std::int64_t not_before = 0,
                  std::int64_t not_after = 2000) {
  return {id, 1, type, from_unix_seconds(not_before), from_unix_seconds(not_after)};
}

class Table final : public CredentialIndex {
 public:
  Result<NameMatch> find(const DomainName& host) const override {
    if (names.contains(host.ascii())) return NameMatch{MatchKind::kExact, names.at(host.ascii())};
    const std::string wildcard = "*." + std::string(host.parent());
    if (names.contains(wildcard)) return NameMatch{MatchKind::kWildcard, names.at(wildcard)};
    return NameMatch{};
  }
  Result<std::vector<CredentialRef>> find_pattern(const HostPattern& pattern) const override {
    return names.contains(pattern.ascii()) ? names.at(pattern.ascii()) : std::vector<CredentialRef>{};
  }
  Result<std::vector<CredentialRef>> find_tag(std::string_view tag) const override {
    const auto found = tags.find(tag);
    return found == tags.end() ? std::vector<CredentialRef>{} : found->second;
  }
  std::map<std::string, std::vector<CredentialRef>> names;
  std::map<std::string, std::vector<CredentialRef>, std::less<>> tags;
};

ClientHello modern(const char* name = nullptr) {
  ClientHello hello;
  if (name != nullptr) {
    hello.server_name_text = name;
    if (Result<DomainName> parsed = DomainName::parse(name)) hello.server_name = *parsed;
  }
  hello.signature_algorithms = {0x0403, 0x0503, 0x0804, 0x0401};
  hello.groups = {29, 23, 24};
  return hello;
}

// "id reason", or the outcome in words.
std::string chosen(const ClientHello& hello, const Table& table, const ServePolicy& policy = {},
                   std::string_view address = "") {
  const Selection selection = *select_credential(hello, policy, address, table, kNow);
  switch (selection.outcome) {
    case Outcome::kChosen:
      return selection.credential.id + " " + std::string(match_reason_name(selection.reason));
    case Outcome::kUnknownName:
      return "unknown name";
    case Outcome::kNothing:
      return "nothing";
    case Outcome::kUnusable:
      return "unusable";
  }
  return "";
}

class Selecting : public testing::Test {
 protected:
  Selecting() {
    table_.names["www.test"] = {ref("ec", KeyType::kP256), ref("rsa", KeyType::kRsa2048)};
    table_.names["*.test"] = {ref("wild", KeyType::kP256)};
  }
  Table table_;
};

TEST_F(Selecting, EcdsaWinsWhereTheClientCanVerifyBoth) {
  EXPECT_EQ(chosen(modern("www.test"), table_), "ec exact");
}

TEST_F(Selecting, PolicyCanPreferRsa) {
  EXPECT_EQ(chosen(modern("www.test"), table_, {.prefer = Preference::kRsa}), "rsa exact");
  EXPECT_EQ(chosen(modern("mail.test"), table_, {.prefer = Preference::kRsa}), "wild wildcard");
}

TEST_F(Selecting, ClientsAlgorithmsDecide) {
  ClientHello hello = modern("www.test");
  hello.signature_algorithms = {0x0804};
  EXPECT_EQ(chosen(hello, table_), "rsa exact");
  hello.signature_algorithms = {0x0403};
  EXPECT_EQ(chosen(hello, table_, {.prefer = Preference::kRsa}), "ec exact");
  hello.signature_algorithms = {0x0807};
  EXPECT_EQ(chosen(hello, table_), "unusable");
}

TEST_F(Selecting, ExactNameHidesTheWildcardEvenIfItIsOfNoUse) {
  table_.names["www.test"] = {ref("rsa", KeyType::kRsa2048)};
  ClientHello hello = modern("www.test");
  hello.signature_algorithms = {0x0403};
  EXPECT_EQ(chosen(hello, table_), "unusable");
}

TEST_F(Selecting, Tls13TakesRsaWithPssOnlyAndTls12WithPkcs1Too) {
  ClientHello hello = modern("www.test");
  hello.signature_algorithms = {0x0401, 0x0501};
  EXPECT_EQ(chosen(hello, table_), "unusable");
  hello.tls13 = false;
  EXPECT_EQ(chosen(hello, table_), "rsa exact");
}

TEST_F(Selecting, P384NeedsItsOwnScheme) {
  ClientHello hello = modern();
  hello.signature_algorithms = {0x0403};
  EXPECT_TRUE(can_verify(hello, KeyType::kP256));
  EXPECT_FALSE(can_verify(hello, KeyType::kP384));
  hello.signature_algorithms = {0x0503};
  EXPECT_FALSE(can_verify(hello, KeyType::kP256));
  EXPECT_TRUE(can_verify(hello, KeyType::kP384));
}

TEST_F(Selecting, Tls12SchemesNameNoCurve) {
  ClientHello hello = modern();
  hello.tls13 = false;
  hello.signature_algorithms = {0x0503};
  EXPECT_TRUE(can_verify(hello, KeyType::kP256));
  hello.signature_algorithms = {0x0603};
  EXPECT_TRUE(can_verify(hello, KeyType::kP384));
  hello.signature_algorithms = {0x0203, 0x0804};
  EXPECT_FALSE(can_verify(hello, KeyType::kP256));
}

TEST_F(Selecting, PssOnlyClientsGetRsaInBothVersions) {
  ClientHello hello = modern("www.test");
  hello.signature_algorithms = {0x0805};
  EXPECT_EQ(chosen(hello, table_), "rsa exact");
  hello.tls13 = false;
  EXPECT_EQ(chosen(hello, table_), "rsa exact");
}

TEST_F(Selecting, Tls12NeedsTheCurveAmongTheGroupsAndTls13DoesNot) {
  ClientHello hello = modern("www.test");
  hello.groups = {29};
  EXPECT_EQ(chosen(hello, table_), "ec exact");
  hello.tls13 = false;
  EXPECT_EQ(chosen(hello, table_), "rsa exact");
  hello.groups.reset();
  EXPECT_EQ(chosen(hello, table_), "ec exact");
}

TEST_F(Selecting, Tls12NeedsASuiteForTheKey) {
  ClientHello hello = modern("www.test");
  hello.tls13 = false;
  hello.ecdsa_suites = false;
  EXPECT_EQ(chosen(hello, table_), "rsa exact");
  hello.rsa_suites = false;
  EXPECT_EQ(chosen(hello, table_), "unusable");
}

TEST_F(Selecting, WithoutAlgorithmsHttpTakesEcdsaAndOthersRsa) {
  ClientHello hello = modern("www.test");
  hello.tls13 = false;
  hello.signature_algorithms.reset();
  EXPECT_EQ(chosen(hello, table_, {.protocol = "http"}), "ec exact");
  EXPECT_EQ(chosen(hello, table_, {.protocol = "smtp"}), "rsa exact");
  EXPECT_EQ(chosen(hello, table_, {.protocol = "smtp", .prefer_unasked = Preference::kEcdsa}), "ec exact");
  EXPECT_EQ(chosen(hello, table_, {.protocol = "http", .prefer_unasked = Preference::kRsa}), "rsa exact");
}

TEST_F(Selecting, WithoutAlgorithmsOneKindIsBetterThanNone) {
  ClientHello hello = modern("mail.test");
  hello.tls13 = false;
  hello.signature_algorithms.reset();
  EXPECT_EQ(chosen(hello, table_, {.protocol = "smtp"}), "wild wildcard");
}

TEST_F(Selecting, UnknownNameIsRefusedOrGetsTheDefault) {
  table_.tags["keyfile.kyr"] = {ref("own", KeyType::kP256)};
  EXPECT_EQ(chosen(modern("a.b.test"), table_), "unknown name");
  EXPECT_EQ(chosen(modern("a.b.test"), table_, {.on_unknown_name = OnUnknownName::kDefault}), "own default");
}

TEST_F(Selecting, WhatIsNoNameMatchesNothing) {
  for (const char* text : {"192.0.2.1", ".test", "", "a b.test"}) {
    EXPECT_EQ(chosen(modern(text), table_, {.tag = "www.test"}, "192.0.2.1"), "unknown name") << text;
  }
}

TEST_F(Selecting, WithoutNameTheAddressGoesBeforeTheTagAndTheTagBeforeTheDefault) {
  table_.tags["192.0.2.1"] = {ref("placed", KeyType::kP256)};
  table_.tags["mail"] = {ref("tagged", KeyType::kP256)};
  table_.tags["keyfile.kyr"] = {ref("own", KeyType::kP256)};
  EXPECT_EQ(chosen(modern(), table_, {.tag = "mail"}, "192.0.2.1"), "placed address");
  EXPECT_EQ(chosen(modern(), table_, {.tag = "mail"}, "192.0.2.2"), "tagged tag");
  EXPECT_EQ(chosen(modern(), table_, {.tag = "web"}, "192.0.2.2"), "own default");
  EXPECT_EQ(chosen(modern(), table_, {.default_tag = ""}), "nothing");
}

TEST_F(Selecting, TagThatIsANameIsLookedUpAsOne) {
  EXPECT_EQ(chosen(modern(), table_, {.tag = "www.test"}), "ec tag");
  EXPECT_EQ(chosen(modern(), table_, {.tag = "mail.test"}), "wild tag");
  table_.names["*.example.test"] = {ref("deep", KeyType::kP256)};
  EXPECT_EQ(chosen(modern(), table_, {.tag = "*.example.test"}), "deep tag");
}

TEST_F(Selecting, TagGoesBeforeANameOfTheSameText) {
  table_.tags["www.test"] = {ref("tagged", KeyType::kRsa2048)};
  EXPECT_EQ(chosen(modern(), table_, {.tag = "www.test"}), "tagged tag");
}

TEST_F(Selecting, DefaultSlotsAreFilledByNameThenByTag) {
  table_.names["own.example"] = {ref("named", KeyType::kP384)};
  table_.tags["keyfile.kyr"] = {ref("tagged-ec", KeyType::kP256), ref("tagged-rsa", KeyType::kRsa2048)};
  const ServePolicy policy{.default_name = *DomainName::parse("own.example")};
  EXPECT_EQ(chosen(modern(), table_, policy), "named default");
  ClientHello rsa_only = modern();
  rsa_only.signature_algorithms = {0x0804};
  EXPECT_EQ(chosen(rsa_only, table_, policy), "tagged-rsa default");
}

TEST_F(Selecting, ValidGoesBeforeExpiredAndExpiredBeforeNothing) {
  table_.names["old.test"] = {ref("expired", KeyType::kP256, 0, 1000), ref("good", KeyType::kRsa2048)};
  EXPECT_EQ(chosen(modern("old.test"), table_), "good exact");
  table_.names["old.test"] = {ref("expired", KeyType::kP256, 0, 1000),
                              ref("early", KeyType::kP384, 1001, 2000)};
  EXPECT_EQ(chosen(modern("old.test"), table_), "expired exact");
}

}  // namespace
}  // namespace certstead
