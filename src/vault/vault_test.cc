#include "vault/vault.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/codec.h"
#include "vault/sealed_content.h"
#include "vault/signature.h"
#include "vault/test_fleet.h"

namespace certstead {
namespace {

const SecretRef kRef{"credentials", "v1", "key", 1};

SecretBytes secret(std::string_view text = "attack at dawn") { return SecretBytes(view_bytes(text)); }

std::string opened(const Result<SecretBytes>& result) {
  return result ? to_text(result->reveal()) : "refused: " + result.error().id;
}

class VaultTest : public testing::Test {
 protected:
  TestFleet fleet_;
  const Identity alice_ = fleet_.identity("alice");
  const Identity bob_ = fleet_.identity("bob");
  MemberVault at_alice_{alice_, std::string(kTestStoreId)};
  MemberVault at_bob_{bob_, std::string(kTestStoreId)};
};

TEST_F(VaultTest, WhatItSealsOpensForManagerAndReader) {
  const Sealed sealed = fleet_.vault.seal(kRef, secret(), {recipient_of(alice_)}).value();
  ASSERT_EQ(sealed.grants.size(), 2U);
  EXPECT_EQ(sealed.grants[0].recipient, "store-key/1");
  EXPECT_EQ(sealed.grants[1].recipient, "alice");
  EXPECT_EQ(opened(fleet_.vault.open(sealed.secret, sealed.grants)), "attack at dawn");
  EXPECT_EQ(opened(at_alice_.open(sealed.secret, sealed.grants[1])), "attack at dawn");
}

TEST_F(VaultTest, GrantIsForItsReaderOnly) {
  const Sealed sealed = fleet_.vault.seal(kRef, secret(), {recipient_of(alice_)}).value();
  Grant stolen = sealed.grants[1];
  EXPECT_EQ(opened(at_bob_.open(sealed.secret, stolen)), "refused: grant");
  stolen.recipient = "bob";
  EXPECT_EQ(opened(at_bob_.open(sealed.secret, stolen)), "refused: grant");
}

// Whoever has every row but only its own key opens exactly what was granted to it.
TEST_F(VaultTest, RandomGrantGraphsOpenForTheGrantedOnly) {
  std::mt19937 random(7);
  std::vector<Identity> members;
  std::vector<std::unique_ptr<MemberVault>> vaults;
  for (int i = 0; i < 6; ++i) {
    members.push_back(fleet_.identity("m" + std::to_string(i)));
    vaults.push_back(std::make_unique<MemberVault>(members.back(), std::string(kTestStoreId)));
  }
  for (int round = 0; round < 12; ++round) {
    std::set<std::size_t> granted;
    std::vector<Recipient> readers;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (random() % 2 == 0) continue;
      granted.insert(i);
      readers.push_back(recipient_of(members[i]));
    }
    const SecretRef ref{"credentials", "v" + std::to_string(round), "key", round};
    const Sealed sealed = fleet_.vault.seal(ref, secret(), readers).value();
    for (std::size_t i = 0; i < members.size(); ++i) {
      const bool any = std::any_of(sealed.grants.begin(), sealed.grants.end(), [&](Grant grant) {
        grant.recipient = members[i].id;
        return vaults[i]->open(sealed.secret, grant).has_value();
      });
      EXPECT_EQ(any, granted.contains(i)) << "round " << round << " member " << i;
    }
  }
}

TEST_F(VaultTest, ReaderThatIsDroppedDoesNotOpenTheNextVersion) {
  const Sealed first = fleet_.vault.seal(kRef, secret(), {recipient_of(alice_), recipient_of(bob_)}).value();
  SecretRef next = kRef;
  next.version = 2;
  const Sealed second = fleet_.vault.seal(next, secret("noon"), {recipient_of(alice_)}).value();
  Grant old = first.grants[2];
  EXPECT_EQ(opened(at_bob_.open(first.secret, old)), "attack at dawn");
  EXPECT_EQ(opened(at_bob_.open(second.secret, old)), "refused: grant");
  old.ref = next;
  EXPECT_EQ(opened(at_bob_.open(second.secret, old)), "refused: sealed");
}

TEST_F(VaultTest, FurtherReaderIsGrantedTheSameContent) {
  const Sealed sealed = fleet_.vault.seal(kRef, secret(), {recipient_of(alice_)}).value();
  const auto more = fleet_.vault.grant(sealed.secret, sealed.grants, {recipient_of(bob_)}).value();
  ASSERT_EQ(more.size(), 1U);
  EXPECT_EQ(opened(at_bob_.open(sealed.secret, more[0])), "attack at dawn");
}

TEST_F(VaultTest, ReadersThatAreNotMembersOfTheFleetAreRefused) {
  const TestFleet foreign;
  const auto refusal = [&](const Recipient& reader) {
    const auto sealed = fleet_.vault.seal(kRef, secret(), {reader});
    return sealed ? "" : sealed.error().code == Code::kDenied ? "denied" : "another code";
  };
  EXPECT_STREQ(refusal(recipient_of(foreign.identity("alice"))), "denied");
  EXPECT_STREQ(refusal({"bob", alice_.sealing.certificate.der()}), "denied");
  EXPECT_STREQ(refusal({"alice", alice_.signing.certificate.der()}), "denied");
  EXPECT_STREQ(refusal(recipient_of(fleet_.manager)), "denied");
  EXPECT_STREQ(refusal({"alice", to_bytes("no certificate")}), "denied");
  fleet_.clock.advance(kIdentityLife + std::chrono::days(1));
  EXPECT_STREQ(refusal(recipient_of(alice_)), "denied");
}

TEST_F(VaultTest, EveryFlippedBitIsNoticed) {
  const Sealed sealed = fleet_.vault.seal(kRef, secret("k"), {recipient_of(alice_)}).value();
  for (std::size_t i = 0; i < sealed.secret.content.size(); ++i) {
    SealedSecret changed = sealed.secret;
    changed.content[i] ^= 1;
    EXPECT_FALSE(at_alice_.open(changed, sealed.grants[1])) << "content byte " << i;
  }
  for (std::size_t i = 0; i < sealed.secret.signature.size(); i += 7) {
    SealedSecret changed = sealed.secret;
    changed.signature[i] ^= 1;
    EXPECT_FALSE(at_alice_.open(changed, sealed.grants[1])) << "signature byte " << i;
  }
}

TEST_F(VaultTest, ChangedEnvelopeYieldsNothingOrTheSame) {
  const Sealed sealed = fleet_.vault.seal(kRef, secret("k"), {recipient_of(alice_)}).value();
  for (std::size_t i = 0; i < sealed.grants[1].envelope.size(); i += 3) {
    Grant changed = sealed.grants[1];
    changed.envelope[i] ^= 1;
    const auto result = at_alice_.open(sealed.secret, changed);
    if (result) {
      EXPECT_EQ(opened(result), "k") << "byte " << i;
    } else {
      EXPECT_EQ(result.error().code, Code::kDenied) << "byte " << i;
    }
  }
}

TEST_F(VaultTest, TruncatedContentIsRefused) {
  const Sealed sealed = fleet_.vault.seal(kRef, secret(), {recipient_of(alice_)}).value();
  for (std::size_t size = 0; size < sealed.secret.content.size(); ++size) {
    SealedSecret cut = sealed.secret;
    cut.content.resize(size);
    EXPECT_FALSE(at_alice_.open(cut, sealed.grants[1]));
    EXPECT_FALSE(fleet_.vault.open(cut, sealed.grants));
  }
}

// Even where the signature is not in question: the associated data alone keeps content in its place.
TEST_F(VaultTest, ContentIsBoundToItsPlace) {
  const SecretBytes key = make_content_key();
  const Bytes content = seal_content(key, secret(), "store", kRef).value();
  EXPECT_EQ(opened(open_content(key, content, "store", kRef)), "attack at dawn");
  EXPECT_EQ(opened(open_content(key, content, "other", kRef)), "refused: sealed");
  const std::vector<SecretRef> elsewhere = {{"accounts", "v1", "key", 1},
                                            {"credentials", "v2", "key", 1},
                                            {"credentials", "v1", "hmac", 1},
                                            {"credentials", "v1", "key", 2},
                                            {"credentialsv", "1", "key", 1}};
  for (const SecretRef& ref : elsewhere) EXPECT_FALSE(open_content(key, content, "store", ref));
}

TEST_F(VaultTest, MovedAndSwappedRowsAreRefused) {
  const SecretRef other_ref{"credentials", "v2", "key", 1};
  const Sealed one = fleet_.vault.seal(kRef, secret("one"), {recipient_of(alice_)}).value();
  const Sealed two = fleet_.vault.seal(other_ref, secret("two"), {recipient_of(alice_)}).value();
  SealedSecret moved = one.secret;
  moved.ref = other_ref;
  EXPECT_EQ(opened(fleet_.vault.open(moved, two.grants)), "refused: signature");
  SealedSecret swapped = one.secret;
  swapped.content = two.secret.content;
  EXPECT_EQ(opened(fleet_.vault.open(swapped, one.grants)), "refused: signature");
  EXPECT_EQ(opened(fleet_.vault.open(one.secret, two.grants)), "refused: grant");
  std::vector<Grant> renamed = two.grants;
  for (Grant& grant : renamed) grant.ref = kRef;
  EXPECT_EQ(opened(fleet_.vault.open(one.secret, renamed)), "refused: sealed");
}

TEST_F(VaultTest, SecretOfAnotherStoreIsRefused) {
  Vault elsewhere(
      fleet_.manager, "other-store",
      [&] {
        return std::vector{
            make_store_key(fleet_.ca, "other-store", 1, {recipient_of(fleet_.manager)}, fleet_.clock.now())
                .value()};
      },
      fleet_.clock);
  const Sealed sealed = elsewhere.seal(kRef, secret(), {recipient_of(alice_)}).value();
  EXPECT_EQ(opened(at_alice_.open(sealed.secret, sealed.grants[1])), "refused: signature");
}

TEST_F(VaultTest, GrantForOthersOnlyDoesNotOpen) {
  const Sealed sealed = fleet_.vault.seal(kRef, secret(), {recipient_of(alice_)}).value();
  EXPECT_EQ(opened(fleet_.vault.open(sealed.secret, {sealed.grants[1]})), "refused: grant");
  EXPECT_EQ(opened(fleet_.vault.open(sealed.secret, {})), "refused: grant");
}

TEST_F(VaultTest, BogusGrantBesideTheRightOneDoesNotLockOut) {
  Sealed sealed = fleet_.vault.seal(kRef, secret(), {}).value();
  Grant bogus = sealed.grants[0];
  bogus.envelope = make_grant(kRef, make_content_key(), "x",
                              Certificate::from_der(fleet_.store_keys[0].certificate).value())
                       .value()
                       .envelope;
  sealed.grants.insert(sealed.grants.begin(), bogus);
  EXPECT_EQ(opened(fleet_.vault.open(sealed.secret, sealed.grants)), "attack at dawn");
}

// A row as somebody with the whole database and the identity `writer` could make it by hand.
SealedSecret plant(const Identity& writer, const SecretBytes& content_key) {
  SealedSecret planted{
      kRef, seal_content(content_key, secret("planted"), kTestStoreId, kRef).value(), writer.id, {}};
  const Bytes message = Encoder()
                            .text("certstead-signature-1")
                            .text(writer.id)
                            .text(kSecretContext)
                            .bytes(signed_secret(kTestStoreId, kRef, planted.content))
                            .take();
  planted.signature = Encoder()
                          .u8(1)
                          .bytes(writer.signing.certificate.der())
                          .bytes(writer.signing.key.sign(message).value())
                          .take();
  return planted;
}

TEST_F(VaultTest, PlantedRowsAreRefused) {
  const SecretBytes key = make_content_key();
  const Certificate store_key = Certificate::from_der(fleet_.store_keys[0].certificate).value();
  const std::vector<Grant> grants = {make_grant(kRef, key, "store-key/1", store_key).value()};
  const Grant to_alice = make_grant(kRef, key, "alice", alice_.sealing.certificate).value();
  const TestFleet foreign;
  for (const SealedSecret& planted : {plant(bob_, key), plant(foreign.manager, key)}) {
    EXPECT_FALSE(fleet_.vault.open(planted, grants));
    EXPECT_FALSE(at_alice_.open(planted, to_alice));
  }
  EXPECT_TRUE(fleet_.vault.open(plant(fleet_.manager, key), grants));  // the plant itself is well made
}

TEST_F(VaultTest, SignatureIsBoundToContextMessageAndSigner) {
  const auto signature = fleet_.vault.sign("a", view_bytes("message")).value();
  EXPECT_EQ(signature.signer, "boss");
  EXPECT_TRUE(fleet_.vault.verify("a", view_bytes("message"), signature));
  EXPECT_FALSE(fleet_.vault.verify("b", view_bytes("message"), signature));
  EXPECT_FALSE(fleet_.vault.verify("a", view_bytes("massage"), signature));
  EXPECT_FALSE(fleet_.vault.verify("a", view_bytes("message"), {"other", signature.bytes}));
  EXPECT_EQ(fleet_.vault.verify("a", view_bytes("message"), {"boss", {}}).error().code, Code::kDenied);
}

TEST_F(VaultTest, OneManagerVerifiesAndOpensWhatAnotherWrote) {
  const Identity second = fleet_.identity("second", Role::kManager);
  const OpenStoreKey key = open_store_key(fleet_.store_keys[0], kTestStoreId, fleet_.manager).value();
  fleet_.store_keys[0].grants.push_back(
      grant_store_key(key, kTestStoreId, fleet_.ca.root(), recipient_of(second), fleet_.clock.now()).value());
  const auto other = fleet_.vault_of(second, fleet_.store_keys);
  const Sealed sealed = other->seal(kRef, secret(), {}).value();
  EXPECT_EQ(sealed.secret.signer, "second");
  EXPECT_EQ(opened(fleet_.vault.open(sealed.secret, sealed.grants)), "attack at dawn");
}

TEST_F(VaultTest, SignatureOfAnotherManagerUnderAnothersNameIsRefused) {
  const Identity second = fleet_.identity("second", Role::kManager);
  Sealed sealed = fleet_.vault.seal(kRef, secret(), {}).value();
  const Bytes message = signed_secret(kTestStoreId, kRef, sealed.secret.content);
  sealed.secret.signature =
      sign_as_manager(second, kSecretContext, message, fleet_.clock.now()).value().bytes;
  EXPECT_EQ(opened(fleet_.vault.open(sealed.secret, sealed.grants)), "refused: identity-other");
}

TEST_F(VaultTest, ManagerWithoutAGrantOfTheStoreKeyIsTold) {
  const auto other = fleet_.vault_of(fleet_.identity("second", Role::kManager), fleet_.store_keys);
  EXPECT_EQ(refusal_id(other->seal(kRef, secret(), {})), "store-key-not-granted");
}

TEST_F(VaultTest, MemberCanNotSealOrSign) {
  const auto vault = fleet_.vault_of(alice_, fleet_.store_keys);
  EXPECT_FALSE(vault->seal(kRef, secret(), {}));
  EXPECT_EQ(refusal_id(vault->sign("a", view_bytes("m"))), "identity-role");
}

TEST_F(VaultTest, NewStoreKeySealsAfterReloadAndOldSecretsStayOpen) {
  const Sealed old = fleet_.vault.seal(kRef, secret("old"), {}).value();
  fleet_.store_keys.push_back(
      make_store_key(fleet_.ca, kTestStoreId, 2, {recipient_of(fleet_.manager)}, fleet_.clock.now()).value());
  ASSERT_TRUE(fleet_.vault.reload_store_keys());
  const Sealed fresh = fleet_.vault.seal(kRef, secret("new"), {}).value();
  EXPECT_EQ(fresh.grants[0].recipient, "store-key/2");
  EXPECT_EQ(opened(fleet_.vault.open(fresh.secret, fresh.grants)), "new");
  EXPECT_EQ(opened(fleet_.vault.open(old.secret, old.grants)), "old");
}

TEST_F(VaultTest, UnknownStoreKeyVersionIsReadWhenItIsMet) {
  ASSERT_TRUE(fleet_.vault.reload_store_keys());
  fleet_.store_keys.push_back(
      make_store_key(fleet_.ca, kTestStoreId, 2, {recipient_of(fleet_.manager)}, fleet_.clock.now()).value());
  const auto writer = fleet_.vault_of(fleet_.manager, fleet_.store_keys);
  const Sealed sealed = writer->seal(kRef, secret(), {}).value();
  EXPECT_EQ(opened(fleet_.vault.open(sealed.secret, sealed.grants)), "attack at dawn");
}

TEST_F(VaultTest, PlantedStoreKeysAreRefused) {
  const TestFleet foreign;
  const auto refusal = [&](Settings::StoreKey key) {
    const auto result = open_store_key(key, kTestStoreId, fleet_.manager);
    return refusal_id(result);
  };
  const Settings::StoreKey good = fleet_.store_keys[0];
  EXPECT_EQ(refusal(good), "");
  EXPECT_EQ(refusal(foreign.store_keys[0]), "store-key");
  Settings::StoreKey renumbered = good;
  renumbered.version = 2;
  EXPECT_EQ(refusal(renumbered), "store-key");
  Settings::StoreKey key_of_member = good;  // a fleet certificate, but of another role
  key_of_member.certificate = bob_.sealing.certificate.der();
  EXPECT_EQ(refusal(key_of_member), "store-key");
  Settings::StoreKey other_grant = good;
  other_grant.grants =
      make_store_key(fleet_.ca, kTestStoreId, 1, {recipient_of(fleet_.manager)}, fleet_.clock.now())
          .value()
          .grants;
  EXPECT_EQ(refusal(other_grant), "store-key");
  EXPECT_FALSE(make_store_key(fleet_.ca, kTestStoreId, 2, {recipient_of(alice_)}, fleet_.clock.now()));
}

TEST_F(VaultTest, WhatWasSignedStaysGoodWhenTheSignersCertificateEnds) {
  const Sealed sealed = fleet_.vault.seal(kRef, secret(), {recipient_of(alice_)}).value();
  fleet_.clock.advance(kIdentityLife + std::chrono::days(1));
  EXPECT_EQ(opened(fleet_.vault.open(sealed.secret, sealed.grants)), "attack at dawn");
  EXPECT_EQ(refusal_id(fleet_.vault.sign("a", view_bytes("m"))), "identity-dates");
  EXPECT_FALSE(fleet_.vault.seal(kRef, secret(), {}));
}

TEST_F(VaultTest, ServesSeveralThreads) {
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const SecretRef ref{"credentials", std::to_string(t), "key", i};
        const auto sealed = fleet_.vault.seal(ref, secret(), {recipient_of(alice_)});
        if (sealed && fleet_.vault.open(sealed->secret, sealed->grants) &&
            at_alice_.open(sealed->secret, sealed->grants[1])) {
          ++good;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 40);
}

}  // namespace
}  // namespace certstead
