#include "vault/export_vault.h"

#include <gtest/gtest.h>

#include "vault/test_fleet.h"

namespace certstead {
namespace {

const SecretRef kRef{"credential", "s/p256", "key", 1};

SecretBytes secret(std::string_view text) { return SecretBytes(view_bytes(text)); }

class ExportVaultTest : public testing::Test {
 protected:
  Result<std::vector<SecretBytes>> open(const Sealed& sealed, std::string_view password) {
    return exports_.open(identity_, secret(password), {{sealed.secret, sealed.grants}});
  }
  Recipient recipient() const { return {std::string(kExportRecipient), identity_.certificate}; }

  TestFleet fleet_;
  FleetExportVault exports_{fleet_.ca, std::string(kTestStoreId), fleet_.clock};
  ExportIdentity identity_ = exports_.make_identity(secret("first password")).value();
};

TEST_F(ExportVaultTest, OpensWhatWasGrantedToItWithThePasswordOnly) {
  const Sealed sealed = fleet_.vault.seal(kRef, secret("the key"), {recipient()}).value();
  const auto opened = open(sealed, "first password");
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ(view_text(opened->at(0).reveal()), "the key");
  EXPECT_EQ(refusal_id(open(sealed, "another")), "export-password");
}

TEST_F(ExportVaultTest, OpensNothingThatWasNotGrantedToIt) {
  const Sealed sealed = fleet_.vault.seal(kRef, secret("the key"), {}).value();
  EXPECT_EQ(refusal_id(open(sealed, "first password")), "not-exportable");
  Sealed moved = fleet_.vault.seal(kRef, secret("the key"), {recipient()}).value();
  moved.secret.ref.record = "t/p256";
  EXPECT_FALSE(open(moved, "first password"));
}

TEST_F(ExportVaultTest, ChangedPasswordOpensTheSameGrantsAndTheOldOneNoMore) {
  const Sealed sealed = fleet_.vault.seal(kRef, secret("the key"), {recipient()}).value();
  EXPECT_EQ(refusal_id(exports_.change_password(identity_, secret("wrong"), secret("second"))),
            "export-password");
  identity_.encrypted_key =
      exports_.change_password(identity_, secret("first password"), secret("second")).value();
  EXPECT_EQ(refusal_id(open(sealed, "first password")), "export-password");
  EXPECT_TRUE(open(sealed, "second"));
}

TEST_F(ExportVaultTest, IdentityOfAnotherStoreOrAMembersCertificateIsRefused) {
  FleetExportVault other(fleet_.ca, "other-store", fleet_.clock);
  const ExportIdentity foreign = other.make_identity(secret("pw")).value();
  const Recipient planted{std::string(kExportRecipient), foreign.certificate};
  EXPECT_EQ(fleet_.vault.seal(kRef, secret("the key"), {planted}).error().code, Code::kDenied);
  const Recipient member{std::string(kExportRecipient),
                         recipient_of(fleet_.identity("alice")).sealing_certificate};
  EXPECT_EQ(fleet_.vault.seal(kRef, secret("the key"), {member}).error().code, Code::kDenied);
}

}  // namespace
}  // namespace certstead
