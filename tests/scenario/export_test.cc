// Keys that a person may take out, and keys that stay, over renewals; openssl reads what came out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/file.h"
#include "crypto/digest.h"
#include "manager/set_readers.h"
#include "pki/openssl_cli.h"
#include "support/file_search.h"
#include "support/test_manager.h"

namespace certstead {
namespace {

constexpr const char* kPassword = "planted export password 7";
constexpr const char* kFilePassword = "planted file password";

SecretBytes secret(std::string_view text) { return SecretBytes(view_bytes(text)); }

class ExportScenario : public testing::Test {
 protected:
  ExportScenario() { EXPECT_TRUE(m.exports->setup(secret(kPassword), m.actor)); }

  SetView issue(bool exportable, bool reuse_key = false) {
    RequestInput input = m.input({"www.lab.test"});
    input.exportable = exportable;
    input.reuse_key = reuse_key;
    EXPECT_TRUE(m.requests->request(input, m.actor));
    m.run_due();
    return m.show("www.lab.test");
  }
  void renew() {
    EXPECT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
    m.run_due();
  }
  Result<std::vector<ExportedCredential>> take(ExportFormat format = ExportFormat::kPem,
                                               std::string_view password = kPassword) {
    ExportInput input;
    input.set_name = "www.lab.test";
    input.format = format;
    input.password = secret(password);
    input.file_password = secret(kFilePassword);
    return m.exports->export_set(input, m.actor);
  }
  std::string id_of(const Result<std::vector<ExportedCredential>>& result) {
    return result ? "" : result.error().id;
  }
  // Writes the only credential to a file and lets openssl have a look.
  ProgramResult openssl(const Result<std::vector<ExportedCredential>>& taken, const std::string& words) {
    const auto file = out.path() / "exported";
    EXPECT_TRUE(taken) << taken.error().detail;
    if (!taken) return {};
    EXPECT_TRUE(write_file_atomic(file, taken->at(0).content.reveal()));
    const auto password = out.path() / "password";
    EXPECT_TRUE(write_file_atomic(password, view_bytes(kFilePassword)));
    return run_command("openssl " + words + " -in " + file.string() + " -passin file:" + password.string());
  }

  TestManager m;
  TempDir out;
};

TEST_F(ExportScenario, OpensslReadsEveryFormat) {
  const std::string spki = issue(true).versions.at(0).facts.spki_sha256;
  const auto public_key = out.path() / "public.der";
  const ProgramResult pem = openssl(take(), "pkey -pubout -outform DER -out " + public_key.string());
  ASSERT_EQ(pem.exit_code, 0) << pem.output;
  EXPECT_EQ(sha256_hex(read_file(public_key).value()), spki);
  for (const auto& [format, more] :
       {std::pair{ExportFormat::kPkcs12, ""}, {ExportFormat::kPkcs12Legacy, " -legacy"}}) {
    const ProgramResult p12 = openssl(take(format), std::string("pkcs12 -info -nodes") + more);
    EXPECT_EQ(p12.exit_code, 0) << p12.output;
    EXPECT_THAT(p12.output, testing::HasSubstr("BEGIN PRIVATE KEY"));
    EXPECT_THAT(p12.output, testing::HasSubstr("www.lab.test"));
  }
  EXPECT_THAT(to_text(take()->at(0).content.reveal()),
              testing::AllOf(testing::HasSubstr("BEGIN ENCRYPTED PRIVATE KEY"),
                             testing::HasSubstr("BEGIN CERTIFICATE")));
}

TEST_F(ExportScenario, StaysExportableOverRenewalsAndRestarts) {
  issue(true);
  for (int i = 0; i < 3; ++i) {
    renew();
    m.restart();
    EXPECT_EQ(id_of(take()), "");
  }
  for (const CredentialVersion& version : m.show("www.lab.test").versions)
    EXPECT_TRUE(granted_to_export(version.grants));
}

TEST_F(ExportScenario, AKeyThatWasMadeToStayHasNoWayOut) {
  issue(false);
  EXPECT_EQ(id_of(take()), "not-exportable");
  EXPECT_EQ(m.exports->state()->failures, 0);  // no password was tried
}

TEST_F(ExportScenario, TurnedOnLaterOnlyAFreshKeyCanBeTakenOut) {
  const std::string stays = issue(false, true).versions.at(0).facts.spki_sha256;
  const SetView after = issue(true, true);
  ASSERT_EQ(after.versions.size(), 2U);
  EXPECT_NE(after.versions.at(0).facts.spki_sha256, stays);
  EXPECT_TRUE(granted_to_export(after.versions.at(0).grants));
  EXPECT_FALSE(granted_to_export(after.versions.at(1).grants));
  renew();  // from then on the key is kept, and stays exportable
  EXPECT_EQ(m.show("www.lab.test").versions.at(0).facts.spki_sha256, after.versions.at(0).facts.spki_sha256);
  EXPECT_EQ(id_of(take()), "");
}

TEST_F(ExportScenario, TurnedOffTheNextKeyStays) {
  issue(true);
  issue(false);
  EXPECT_EQ(id_of(take()), "not-exportable");
}

TEST_F(ExportScenario, WrongPasswordsLockOverARestartAndAreAudited) {
  issue(true);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(id_of(take(ExportFormat::kPem, "a wrong password")), "export-password");
  m.restart();
  EXPECT_EQ(id_of(take()), "export-locked");
  m.clock.advance(std::chrono::minutes{1});
  EXPECT_EQ(id_of(take()), "");
  EXPECT_EQ(m.exports->state()->failures, 0);
  int refused = 0;
  int exported = 0;
  const auto records = m.store->audit().audit_after(0, 1000).value();
  for (const AuditRecord& record : records) {
    refused += record.note.action == "export.refused" ? 1 : 0;
    exported += record.note.action == "key.export" ? 1 : 0;
  }
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(exported, 1);
}

TEST_F(ExportScenario, AChangedPasswordOpensOldGrantsAndTheFormerOneNothing) {
  issue(true);
  const std::string_view next = "another strong password";
  EXPECT_EQ(m.exports->change_password(secret("wrong"), secret(next), m.actor).error().id, "export-password");
  EXPECT_EQ(m.exports->change_password(secret(kPassword), secret("weak"), m.actor).error().id,
            "export-password-weak");
  ASSERT_TRUE(m.exports->change_password(secret(kPassword), secret(next), m.actor));
  m.restart();
  EXPECT_EQ(id_of(take()), "export-password");
  EXPECT_EQ(id_of(take(ExportFormat::kPem, next)), "");
}

TEST_F(ExportScenario, NeitherPasswordNorKeyLieInTheDataOrTheLog) {
  const SetView view = issue(true);
  ASSERT_EQ(id_of(take()), "");
  ASSERT_EQ(id_of(take(ExportFormat::kPem, "a wrong password")), "export-password");
  const CredentialVersion& version = view.versions.at(0);
  const SecretBytes key = m.vault->open(version.key, version.grants).value();
  for (const Bytes& secret_bytes :
       {private_number(key), to_bytes(kPassword), to_bytes(kFilePassword), to_bytes("a wrong password")}) {
    EXPECT_TRUE(files_with(m.dir.path(), secret_bytes).empty());
    EXPECT_TRUE(files_with(m.dir.path(), view_bytes(base64_encode(secret_bytes))).empty());
    EXPECT_TRUE(files_with(m.dir.path(), view_bytes(hex_encode(secret_bytes))).empty());
    EXPECT_FALSE(m.log.mentions(std::string(view_text(secret_bytes))));
  }
}

}  // namespace
}  // namespace certstead
