#include "crypto/cms.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/issue.h"
#include "crypto/random.h"

namespace certstead {
namespace {

struct Holder {
  PrivateKey key;
  Certificate certificate;
};

Holder make_holder(KeyType type = KeyType::kP256) {
  const PrivateKey key = PrivateKey::generate(type).value();
  const Certificate certificate = issue_certificate({.common_name = "holder",
                                                     .public_key = key.public_key(),
                                                     .not_before = from_unix_seconds(1'700'000'000),
                                                     .not_after = from_unix_seconds(1'800'000'000),
                                                     .key_agreement = true},
                                                    key, {})
                                      .value();
  return {key, certificate};
}

SecretBytes secret(std::string_view text) { return SecretBytes(view_bytes(text)); }

TEST(Envelope, OpensForItsRecipientOnly) {
  const Holder alice = make_holder();
  const Holder bob = make_holder();
  const Bytes envelope = cms_seal(secret("attack at dawn"), alice.certificate).value();
  EXPECT_EQ(view_text(cms_open(envelope, alice.certificate, alice.key).value().reveal()), "attack at dawn");
  EXPECT_EQ(cms_open(envelope, bob.certificate, bob.key).error().code, Code::kDenied);
  EXPECT_EQ(cms_open(envelope, alice.certificate, bob.key).error().code, Code::kDenied);
}

TEST(Envelope, DoesNotOpenWithAnyByteChanged) {
  const Holder alice = make_holder();
  const Bytes envelope = cms_seal(secret("k"), alice.certificate).value();
  for (std::size_t i = 0; i < envelope.size(); ++i) {
    for (const std::uint8_t mask : {0x01, 0x80, 0xff}) {
      Bytes changed = envelope;
      changed[i] ^= mask;
      const auto opened = cms_open(changed, alice.certificate, alice.key);
      ASSERT_FALSE(opened) << "byte " << i << " mask " << int{mask};
      EXPECT_EQ(opened.error().code, Code::kDenied);
    }
  }
}

TEST(Envelope, DoesNotOpenCutOrWithBytesBehind) {
  const Holder alice = make_holder();
  const Bytes envelope = cms_seal(secret("k"), alice.certificate).value();
  for (std::size_t length = 0; length < envelope.size(); ++length)
    ASSERT_FALSE(cms_open(BytesView(envelope).first(length), alice.certificate, alice.key)) << length;
  Bytes longer = envelope;
  longer.push_back(0);
  EXPECT_FALSE(cms_open(longer, alice.certificate, alice.key));
}

}  // namespace
}  // namespace certstead
