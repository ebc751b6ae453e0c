#include "vault/manifest.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "vault/signature.h"
#include "vault/test_fleet.h"

namespace certstead {
namespace {

class ManifestTest : public testing::Test {
 protected:
  Manifest sample() {
    Manifest manifest;
    manifest.store_id = kTestStoreId;
    manifest.epoch = 2;
    manifest.from_seq = 10;
    manifest.to_seq = 17;
    manifest.audience = "alice";
    manifest.issued = fleet_.clock.now();
    manifest.expires = fleet_.clock.now() + std::chrono::hours(1);
    manifest.items = {FeedSet{"set-1", {credential_}}, FeedRemoval{"set-2"},
                      FeedChallenge{"token", "token.print"}, FeedChallengeGone{"old"},
                      FeedTickets{"set-1", 3, {{credential_.key, credential_.grant}, {credential_.key, {}}}}};
    return manifest;
  }
  std::string refusal(const SignedManifest& manifest, std::string_view member = "alice",
                      std::string_view store = kTestStoreId) {
    const auto verified = verify_manifest(manifest, trusted_, member, store, fleet_.clock.now());
    return refusal_id(verified);
  }
  TestFleet fleet_;
  const Identity alice_ = fleet_.identity("alice");
  MemberVault at_alice_{alice_, std::string(kTestStoreId)};
  const FeedCredential credential_ = test_credential(fleet_.vault, "v1", {recipient_of(alice_)}, "alice");
  IdentityCache trusted_{fleet_.ca.root()};
  SealerManifestSigner signer_{fleet_.vault, std::string(kTestStoreId)};
};

TEST_F(ManifestTest, ComesBackFromItsBytes) {
  const Bytes bytes = encode_manifest(sample()).value();
  const Manifest decoded = decode_manifest(bytes).value();
  EXPECT_EQ(encode_manifest(decoded).value(), bytes);
  EXPECT_EQ(decoded.to_seq, 17);
  ASSERT_EQ(decoded.items.size(), 5U);
  const FeedCredential& credential = std::get<FeedSet>(decoded.items[0]).credentials.at(0);
  EXPECT_EQ(credential.names, credential_.names);
  EXPECT_EQ(credential.chain, credential_.chain);
  EXPECT_EQ(credential.not_after, credential_.not_after);
  EXPECT_EQ(std::get<FeedChallenge>(decoded.items[2]).key_authorization, "token.print");
  EXPECT_EQ(view_text(at_alice_.open_key(credential).value().reveal()), "the key");
}

TEST_F(ManifestTest, SignedForItsMemberIsBelieved) {
  const SignedManifest manifest = signer_.sign_manifest(sample()).value();
  EXPECT_EQ(manifest.signer, "boss");
  EXPECT_EQ(refusal(manifest), "");
}

TEST_F(ManifestTest, ForAnotherMemberOrStoreIsRefused) {
  const SignedManifest manifest = signer_.sign_manifest(sample()).value();
  EXPECT_EQ(refusal(manifest, "bob"), "manifest-audience");
  EXPECT_EQ(refusal(manifest, "alice", "other-store"), "manifest-store");
  Manifest foreign = sample();
  foreign.store_id = "other-store";
  EXPECT_EQ(refusal_id(signer_.sign_manifest(foreign)), "manifest-store");
}

TEST_F(ManifestTest, ClocksMayDifferByADayAndNoMore) {
  const SignedManifest manifest = signer_.sign_manifest(sample()).value();
  const Instant issued = fleet_.clock.now(), expires = issued + std::chrono::hours(1);
  const auto at = [&](Instant now) {
    fleet_.clock.set(now);
    return refusal(manifest);
  };
  EXPECT_EQ(at(expires + kManifestSkew), "");
  EXPECT_EQ(at(expires + kManifestSkew + Duration(1)), "manifest-expired");
  EXPECT_EQ(at(issued - kManifestSkew), "");
  EXPECT_EQ(at(issued - kManifestSkew - std::chrono::seconds(1)), "identity-dates");
  fleet_.clock.set(issued);
  Manifest ahead = sample();
  ahead.issued += kManifestSkew + Duration(1);
  ahead.expires += std::chrono::days(3);
  EXPECT_EQ(refusal(signer_.sign_manifest(ahead).value()), "manifest-early");
}

TEST_F(ManifestTest, ByAnybodyButAManagerOfTheFleetIsRefused) {
  TestFleet foreign;
  EXPECT_EQ(refusal(sign_manifest(foreign.vault, sample()).value()), "identity-untrusted");
  SignedManifest forged = signer_.sign_manifest(sample()).value();
  forged.signer = "alice";
  EXPECT_EQ(refusal(forged), "identity-other");
  forged.signature.clear();
  EXPECT_EQ(refusal(forged), "signature");
}

TEST_F(ManifestTest, ChangedCutOrOtherwiseSignedBytesAreRefused) {
  const SignedManifest good = signer_.sign_manifest(sample()).value();
  for (std::size_t i = 0; i < good.bytes.size(); i += 11) {
    SignedManifest changed = good;
    changed.bytes[i] ^= 0x20;
    EXPECT_EQ(refusal(changed), "signature") << i;
  }
  SignedManifest cut = good;
  cut.bytes.resize(cut.bytes.size() / 2);
  EXPECT_EQ(refusal(cut), "signature");
  SignedManifest other_context = good;
  other_context.signature = fleet_.vault.sign(kCredentialContext, good.bytes).value().bytes;
  EXPECT_EQ(refusal(other_context), "signature");
}

TEST_F(ManifestTest, OfAManagerWhoseCertificateEndedIsRefused) {
  const SignedManifest manifest = signer_.sign_manifest(sample()).value();
  fleet_.clock.advance(kIdentityLife + std::chrono::seconds(1));
  EXPECT_EQ(refusal(manifest), "identity-dates");
}

TEST_F(ManifestTest, CredentialIsCoveredByItsWritersSignatureInEveryField) {
  using Change = std::function<void(FeedCredential&)>;
  const std::vector<Change> changes = {
      [](FeedCredential& c) { c.version_id = "v2"; },
      [](FeedCredential& c) { c.set_id = "set-9"; },
      [](FeedCredential& c) { c.set_name = "evil"; },
      [](FeedCredential& c) { c.version = 2; },
      [](FeedCredential& c) { c.key_type = KeyType::kRsa2048; },
      [](FeedCredential& c) { c.names.push_back("evil.test"); },
      [](FeedCredential& c) { std::swap(c.names[0], c.names[1]); },
      [](FeedCredential& c) { c.names.clear(); },
      [](FeedCredential& c) { c.chain.pop_back(); },
      [](FeedCredential& c) { c.chain[0][0] ^= 1; },
      [](FeedCredential& c) { c.not_before -= Duration(1); },
      [](FeedCredential& c) { c.not_after += Duration(1); },
      [](FeedCredential& c) { c.key.ref.record = "v2"; },
      [](FeedCredential& c) { c.key.content[3] ^= 1; },
      [](FeedCredential& c) { c.key.signer = "other"; },
      [](FeedCredential& c) { c.key.signature[30] ^= 1; },
      [](FeedCredential& c) { c.signer = "other"; },
      [](FeedCredential& c) { c.signature.clear(); },
  };
  EXPECT_TRUE(at_alice_.verify(credential_));
  for (std::size_t i = 0; i < changes.size(); ++i) {
    FeedCredential changed = credential_;
    changes[i](changed);
    EXPECT_FALSE(at_alice_.verify(changed)) << "change " << i;
    EXPECT_FALSE(at_alice_.open_key(changed)) << "change " << i;
  }
}

TEST_F(ManifestTest, TagsMayChangeUnderTheSameSignature) {
  FeedCredential retagged = credential_;
  retagged.tags = {"default"};
  EXPECT_TRUE(at_alice_.verify(retagged));
}

TEST_F(ManifestTest, CredentialOfAnotherStoreOrFleetIsRefused) {
  TestFleet foreign;
  const FeedCredential planted =
      test_credential(foreign.vault, "v1", {recipient_of(foreign.identity("alice"))}, "alice");
  EXPECT_EQ(refusal_id(at_alice_.verify(planted)), "identity-untrusted");
  MemberVault elsewhere(alice_, "other-store");
  EXPECT_EQ(refusal_id(elsewhere.verify(credential_)), "signature");
}

TEST_F(ManifestTest, KeyOpensOnlyWithTheMembersOwnGrant) {
  FeedCredential without = credential_;
  without.grant.reset();
  EXPECT_TRUE(at_alice_.verify(without));
  EXPECT_EQ(refusal_id(at_alice_.open_key(without)), "grant");
  MemberVault at_bob(fleet_.identity("bob"), std::string(kTestStoreId));
  EXPECT_EQ(refusal_id(at_bob.open_key(credential_)), "grant");
}

TEST_F(ManifestTest, ValuesBeyondTheBoundsAreNotWritten) {
  const auto refusal_of = [&](const std::function<void(Manifest&, FeedCredential&)>& change) {
    Manifest manifest = sample();
    change(manifest, std::get<FeedSet>(manifest.items[0]).credentials[0]);
    const auto bytes = encode_manifest(manifest);
    return refusal_id(bytes);
  };
  EXPECT_EQ(refusal_of([](Manifest&, FeedCredential& c) { c.names.resize(kMaxNames + 1); }),
            "manifest-limit");
  EXPECT_EQ(refusal_of([](Manifest&, FeedCredential& c) { c.chain.resize(kMaxChainLength + 1); }),
            "manifest-limit");
  EXPECT_EQ(refusal_of([](Manifest&, FeedCredential& c) { c.chain[0].resize(kMaxBlobBytes + 1); }),
            "manifest-limit");
  EXPECT_EQ(refusal_of([](Manifest& m, FeedCredential&) { m.audience.resize(kMaxTextBytes + 1); }),
            "manifest-limit");
  EXPECT_EQ(refusal_of([](Manifest& m, FeedCredential&) { m.to_seq = -1; }), "manifest-value");
  EXPECT_EQ(refusal_of([](Manifest& m, FeedCredential&) { m.expires = Instant::max(); }), "manifest-value");
  EXPECT_EQ(refusal_of([](Manifest&, FeedCredential& c) { c.set_id = "set-2"; }), "manifest-value");
}

// What decodes is what encode would have written; everything else is refused, and nothing crashes.
TEST_F(ManifestTest, DamagedBytesDecodeToThemselvesOrToAnError) {
  std::mt19937 random(11);
  const Bytes good = encode_manifest(sample()).value();
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = good;
    for (unsigned n = random() % 4; n > 0; --n)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    if (random() % 8 == 0) bytes.push_back(0);
    const auto decoded = decode_manifest(bytes);
    if (decoded) {
      EXPECT_EQ(encode_manifest(*decoded).value(), bytes);
    } else {
      EXPECT_EQ(decoded.error().code, Code::kInvalid);
      ++refused;
    }
  }
  EXPECT_GT(refused, 5'000);
}

TEST_F(ManifestTest, UnknownFormatIsNamed) {
  Bytes bytes = encode_manifest(sample()).value();
  bytes[0] = 2;
  EXPECT_EQ(refusal_id(decode_manifest(bytes)), "manifest-format");
  EXPECT_EQ(refusal_id(decode_manifest({})), "manifest-format");
}

TEST_F(ManifestTest, HugeCountInFewBytesIsRefusedAtOnce) {
  Manifest empty = sample();
  empty.items.clear();
  Bytes bytes = encode_manifest(empty).value();
  for (std::size_t i = bytes.size() - 4; i < bytes.size(); ++i) bytes[i] = 0xff;
  EXPECT_EQ(refusal_id(decode_manifest(bytes)), "encoding");
}

}  // namespace
}  // namespace certstead
