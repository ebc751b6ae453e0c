// Documents of HCL Domino at work: against fake zones, or whatever a test starts.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "dns/fake_zone.h"

namespace certstead {

inline constexpr const char* kFirst = "LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo";
inline constexpr const char* kSecond = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
inline constexpr const char* kForeign = "foreign-value-that-must-stay";

inline Deadline soon() { return Deadline::after(std::chrono::seconds{60}); }

// A document out of the reference data; the test is skipped if it is not there.
class DxlDocuments : public testing::Test {
 protected:
  bool read(const std::string& name) {
    const std::string path = "../shared/data/dxl/" + name + ".dxl";
    const Result<std::string> text = read_text_file(path);
    if (!text) {
      [&] { GTEST_SKIP() << "the reference data is not here: " << path; }();
      return false;
    }
    definition_.kind = "dxl";
    definition_.text = *text;
    return true;
  }

  void make_factory(HttpClient& client) {
    auto factory = ProviderFactory::make({.clients = {&client, &client}, .clock = &clock_});
    ASSERT_TRUE(factory) << factory.error().detail;
    factory_ = std::move(*factory);
    const auto facts = factory_->describe(definition_);
    ASSERT_TRUE(facts) << facts.error().detail;
    definition_.name = facts->code;
  }

  std::unique_ptr<DnsProvider> open() {
    auto provider = factory_->open(account_, secrets_, &definition_, [this](const DnsTraceLine& line) {
      trace_ += line.step + " " + line.text + "\n";
    });
    EXPECT_TRUE(provider) << provider.error().detail;
    return provider ? std::move(*provider) : nullptr;
  }

  void set_secret(const std::string& name, const std::string& value) {
    secrets_.insert_or_assign(name, SecretBytes(to_bytes(value)));
  }

  std::string add(DnsProvider& provider, const std::string& value) {
    const auto kept = provider.add(challenge(value), soon());
    EXPECT_TRUE(kept) << kept.error().detail << "\n" << trace_;
    return kept ? *kept : "";
  }
  void remove(DnsProvider& provider, const std::string& value, const std::string& kept) {
    const Status removed = provider.remove(challenge(value), kept, soon());
    EXPECT_TRUE(removed) << removed.error().detail << "\n" << trace_;
  }

  SystemClock clock_;
  DnsDefinition definition_;
  DnsAccount account_;
  DnsSecrets secrets_;
  std::unique_ptr<ProviderFactory> factory_;
  std::string trace_;
};

class DxlZone : public DxlDocuments {
 protected:
  bool start(const std::string& document, std::vector<std::string> environment = {}) {
    if (!have_program("python3")) {
      [] { GTEST_SKIP() << "the program python3 is not there"; }();
      return false;
    }
    if (!read(document)) return false;
    return start_zone(document, std::move(environment));
  }

  // The same for a definition that is there.
  bool start_zone(const std::string& provider, std::vector<std::string> environment = {}) {
    zone_.emplace(provider, std::move(environment));
    if (HasFailure()) return false;
    client_.emplace(zone_->port());
    account_.name = "main";
    account_.domains = {*DomainName::parse(kZoneName)};
    set_secret("cfg_AuthToken", zone_->right_secrets().front());
    make_factory(*client_);
    return !HasFailure();
  }

  // Two values at one name beside a foreign one, each taken away by itself.
  void add_and_remove_two() {
    const FakeZone::Rows before = zone_->records();
    const auto provider = open();
    ASSERT_NE(provider, nullptr);
    const std::string first = add(*provider, kFirst), second = add(*provider, kSecond);
    EXPECT_THAT(zone_->values(), testing::UnorderedElementsAre(kFirst, kSecond, kForeign)) << trace_;
    // As after a restart: what was kept is all that is known.
    const auto later = open();
    remove(*later, kFirst, first);
    EXPECT_THAT(zone_->values(), testing::UnorderedElementsAre(kSecond, kForeign)) << trace_;
    remove(*later, kSecond, second);
    EXPECT_EQ(zone_->records(), before) << trace_;
    remove(*later, kFirst, first);
    EXPECT_EQ(zone_->records(), before) << "removing again changes nothing";
    const std::string token = zone_->right_secrets().front();
    EXPECT_THAT(trace_ + first + second, testing::Not(testing::HasSubstr(token)));
  }

  std::optional<FakeZone> zone_;
  std::optional<RewritingClient> client_;
};

}  // namespace certstead
