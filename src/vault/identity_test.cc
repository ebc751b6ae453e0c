#include "vault/identity.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/temp_dir.h"
#include "crypto/issue.h"
#include "vault/test_fleet.h"

namespace certstead {
namespace {

const Instant kNow = from_unix_seconds(1'800'000'000);

mode_t mode_of(const std::filesystem::path& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

FleetCa make_ca() { return FleetCa::make(kNow).value(); }

TEST(Identity, ComesBackFromItsDirectory) {
  const TempDir dir;
  const Identity made = make_identity(make_ca(), {Role::kMember, "a_B-9"}, kNow).value();
  ASSERT_TRUE(save_identity(made, dir.path() / "identity"));
  const Identity loaded = load_identity(dir.path() / "identity").value();
  EXPECT_EQ(loaded.name(), made.name());
  EXPECT_EQ(loaded.sealing.certificate.der(), made.sealing.certificate.der());
  EXPECT_TRUE(loaded.signing.key.public_key().same_as(made.signing.key.public_key()));
  EXPECT_EQ(loaded.root.der(), made.root.der());
}

TEST(Identity, FilesAreForTheOwnerOnly) {
  const TempDir dir;
  ASSERT_TRUE(
      save_identity(make_identity(make_ca(), {Role::kMember, "m"}, kNow).value(), dir.path() / "identity"));
  EXPECT_EQ(mode_of(dir.path() / "identity"), 0700U);
  for (const char* name : {"sealing.key", "sealing.pem", "signing.key", "signing.pem", "fleet-ca.pem"}) {
    EXPECT_EQ(mode_of(dir.path() / "identity" / name), 0600U) << name;
  }
}

TEST(Identity, KeyThatOthersCanReadIsRefused) {
  const TempDir dir;
  ASSERT_TRUE(save_identity(make_identity(make_ca(), {Role::kMember, "m"}, kNow).value(), dir.path()));
  ASSERT_EQ(::chmod((dir.path() / "signing.key").c_str(), 0640), 0);
  const auto loaded = load_identity(dir.path());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(refusal_id(loaded), "key-file-open");
  EXPECT_NE(loaded.error().detail.find("chmod 600"), std::string::npos);
}

TEST(Identity, AbsentDirectoryIsNotFound) {
  const TempDir dir;
  EXPECT_EQ(load_identity(dir.path() / "nowhere").error().code, Code::kNotFound);
}

TEST(Identity, PartsOfTwoIdentitiesAreRefused) {
  const TempDir dir;
  const FleetCa ca = make_ca();
  const Identity one = make_identity(ca, {Role::kMember, "one"}, kNow).value();
  const Identity two = make_identity(ca, {Role::kMember, "two"}, kNow).value();
  EXPECT_EQ(refusal_id(assemble_identity(one.sealing, two.signing, ca.root())), "identity-other");
  EXPECT_EQ(refusal_id(assemble_identity({one.sealing.key, two.sealing.certificate}, two.signing, ca.root())),
            "identity-key");
  EXPECT_EQ(refusal_id(assemble_identity(one.signing, one.sealing, ca.root())), "identity-name");
  EXPECT_EQ(refusal_id(assemble_identity(one.sealing, one.signing, make_ca().root())), "identity-untrusted");
}

TEST(Identity, DirectoryOfAnotherFleetIsKept) {
  const TempDir dir;
  const Identity first = make_identity(make_ca(), {Role::kMember, "m"}, kNow).value();
  ASSERT_TRUE(save_identity(first, dir.path()));
  const Identity foreign = make_identity(make_ca(), {Role::kMember, "m"}, kNow).value();
  EXPECT_EQ(save_identity(foreign, dir.path()).error().code, Code::kConflict);
  EXPECT_EQ(load_identity(dir.path()).value().root.der(), first.root.der());
}

TEST(Identity, RenewedOneKeepsItsKeys) {
  const FleetCa ca = make_ca();
  const Identity old = make_identity(ca, {Role::kMember, "m"}, kNow).value();
  const Identity renewed = renew_identity(ca, old, kNow + std::chrono::days(3000)).value();
  EXPECT_TRUE(renewed.sealing.certificate.matches(old.sealing.key));
  EXPECT_GT(renewed.sealing.certificate.not_after(), old.sealing.certificate.not_after());
  EXPECT_NE(renewed.sealing.certificate.serial(), old.sealing.certificate.serial());
}

TEST(Identity, StrangeIdsAreRefused) {
  const FleetCa ca = make_ca();
  for (const std::string& id :
       std::vector<std::string>{"", ".", "..", "a/b", "a b", "ä", "a\n", std::string("a\0b", 3)}) {
    EXPECT_EQ(refusal_id(make_identity(ca, {Role::kMember, id}, kNow)), "identity-id") << id;
  }
  EXPECT_FALSE(make_identity(ca, {Role::kMember, std::string(51, 'a')}, kNow));
  EXPECT_TRUE(make_identity(ca, {Role::kStoreKey, std::string(50, 'a')}, kNow));
}

class IdentityCertificate : public testing::Test {
 protected:
  std::string refusal(const Certificate& certificate, const IdentityName& expected,
                      IdentityUse use = IdentityUse::kSigning, Instant now = kNow) const {
    const auto verified = verify_identity_certificate(certificate, ca_.root(), expected, use, now);
    return refusal_id(verified);
  }
  const FleetCa ca_ = make_ca();
  const Identity m_ = make_identity(ca_, {Role::kMember, "m"}, kNow).value();
};

TEST_F(IdentityCertificate, IsJudgedByRoleIdUseAndDates) {
  const Certificate& signing = m_.signing.certificate;
  EXPECT_EQ(refusal(signing, {Role::kMember, "m"}), "");
  EXPECT_EQ(refusal(signing, {Role::kMember, "M"}), "identity-other");
  EXPECT_EQ(refusal(signing, {Role::kManager, "m"}), "identity-other");
  EXPECT_EQ(refusal(signing, {Role::kMember, "m"}, IdentityUse::kSealing), "identity-name");
  EXPECT_EQ(refusal(signing, m_.name(), IdentityUse::kSigning, kNow - std::chrono::days(2)),
            "identity-dates");
  EXPECT_EQ(refusal(signing, m_.name(), IdentityUse::kSigning, kNow + kIdentityLife), "");
  EXPECT_EQ(
      refusal(signing, m_.name(), IdentityUse::kSigning, kNow + kIdentityLife + std::chrono::seconds(1)),
      "identity-dates");
}

TEST_F(IdentityCertificate, OfAnotherCaIsRefusedWhateverItSays) {
  const FleetCa other = make_ca();
  const Identity twin = make_identity(other, m_.name(), kNow).value();
  EXPECT_EQ(refusal(twin.signing.certificate, m_.name()), "identity-untrusted");
}

TEST_F(IdentityCertificate, OfCaInTheRootsNameIsRefused) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const Certificate forged_root = issue_certificate({.common_name = ca_.root().subject_common_name(),
                                                     .public_key = key.public_key(),
                                                     .not_before = kNow - std::chrono::hours(1),
                                                     .not_after = kNow + std::chrono::hours(1),
                                                     .is_ca = true},
                                                    key, {})
                                      .value();
  const Certificate forged =
      issue_certificate({.common_name = identity_common_name(m_.name()),
                         .dns_names = {identity_host_name(Role::kMember, IdentityUse::kSigning)},
                         .public_key = key.public_key(),
                         .not_before = kNow - std::chrono::hours(1),
                         .not_after = kNow + std::chrono::hours(1)},
                        key, forged_root)
          .value();
  EXPECT_EQ(refusal(forged, m_.name()), "identity-untrusted");
}

TEST_F(IdentityCertificate, SignedByAnIdentityIsRefused) {
  const Certificate forged =
      issue_certificate({.common_name = "manager/m",
                         .dns_names = {identity_host_name(Role::kManager, IdentityUse::kSigning)},
                         .public_key = m_.signing.key.public_key(),
                         .not_before = kNow - std::chrono::hours(1),
                         .not_after = kNow + std::chrono::hours(1)},
                        m_.signing.key, m_.signing.certificate)
          .value();
  EXPECT_EQ(refusal(forged, {Role::kManager, "m"}), "identity-untrusted");
}

TEST_F(IdentityCertificate, RootItselfIsNoIdentity) {
  EXPECT_EQ(refusal(ca_.root(), {Role::kManager, "m"}), "identity-name");
}

TEST_F(IdentityCertificate, NamesItsRoleForTlsAsAHost) {
  EXPECT_EQ(m_.signing.certificate.dns_names(), std::vector<std::string>{"member.certstead.invalid"});
  EXPECT_EQ(m_.sealing.certificate.dns_names(), std::vector<std::string>{"sealing.member.certstead.invalid"});
}

TEST(FleetCa, ComesBackFromItsDirectoryAndIssuesAgain) {
  const TempDir dir;
  const FleetCa made = make_ca();
  ASSERT_TRUE(made.save(dir.path()));
  ASSERT_TRUE(made.save(dir.path()));  // the same once more
  EXPECT_EQ(mode_of(dir.path() / "fleet-ca.key"), 0600U);
  EXPECT_EQ(mode_of(dir.path() / "fleet-ca.pem"), 0600U);
  const FleetCa loaded = FleetCa::load(dir.path()).value();
  const Identity one = make_identity(loaded, {Role::kManager, "x"}, kNow).value();
  EXPECT_TRUE(verify_identity_certificate(one.signing.certificate, made.root(), one.name(),
                                          IdentityUse::kSigning, kNow));
  EXPECT_EQ(made.root().not_after(), kNow + kFleetRootLife);
}

TEST(FleetCa, IsNotOverwrittenByAnother) {
  const TempDir dir;
  ASSERT_TRUE(make_ca().save(dir.path()));
  EXPECT_EQ(make_ca().save(dir.path()).error().code, Code::kConflict);
  std::filesystem::remove(dir.path() / "fleet-ca.pem");  // the key alone counts too
  EXPECT_EQ(make_ca().save(dir.path()).error().code, Code::kConflict);
}

TEST(FleetCa, KeyOfAnotherCaIsRefused) {
  const TempDir one, two;
  ASSERT_TRUE(make_ca().save(one.path()));
  ASSERT_TRUE(make_ca().save(two.path()));
  std::filesystem::copy_file(two.path() / "fleet-ca.key", one.path() / "fleet-ca.key",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(refusal_id(FleetCa::load(one.path())), "fleet-ca-mismatch");
}

TEST(FleetCa, ProvesAnEpochOfOneStore) {
  const FleetCa ca = make_ca();
  const Bytes proof = ca.prove_epoch("store", 2).value();
  EXPECT_TRUE(verify_epoch_proof(ca.root(), "store", 2, proof));
  EXPECT_FALSE(verify_epoch_proof(ca.root(), "store", 3, proof));
  EXPECT_FALSE(verify_epoch_proof(ca.root(), "other", 2, proof));
  EXPECT_FALSE(verify_epoch_proof(make_ca().root(), "store", 2, proof));
}

}  // namespace
}  // namespace certstead
