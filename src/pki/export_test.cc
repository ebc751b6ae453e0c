#include "pki/export.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temp_dir.h"
#include "pki/openssl_cli.h"
#include "pki/test_ca.h"

namespace certstead {
namespace {

using testing::Test;

class Export : public Test {
 protected:
  // Writes `content` and runs openssl in the directory.
  ProgramResult openssl(const std::string& words, const SecretBytes& content) {
    EXPECT_TRUE(write_file_atomic(dir_.path() / "in", content.reveal()));
    return run_command("cd " + dir_.path().string() + " && openssl " + words);
  }
  std::vector<Bytes> chain() const { return {leaf_.der(), between_.certificate.der()}; }

  const TempDir dir_;
  const SecretBytes password_{view_bytes("pass w\xc3\xb6rd")};
  const TestCa root_ = TestCa::root("Root"), between_ = root_.sign("Between");
  const PrivateKey key_ = test_key();
  const Certificate leaf_ = between_.leaf(key_);
};

TEST_F(Export, AnEncryptedKeyIsPbes2AndOpensWithItsPasswordOnly) {
  const auto pem = key_to_pem(key_, password_);
  ASSERT_TRUE(pem) << pem.error().detail;
  EXPECT_TRUE(view_text(pem->reveal()).starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
  const auto structure = openssl("asn1parse -in in", *pem);
  for (const char* part : {"PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc", ":0927C0"})
    EXPECT_NE(structure.output.find(part), std::string::npos) << part;
  const auto opened = openssl("pkey -in in -passin 'pass:pass w\xc3\xb6rd'", *pem);
  EXPECT_EQ(opened.exit_code, 0) << opened.output;
  EXPECT_EQ(opened.output, view_text(key_.to_pkcs8_pem().reveal()));
  EXPECT_NE(openssl("pkey -in in -passin pass:other", *pem).exit_code, 0);
}

TEST_F(Export, EveryStyleOfPkcs12IsReadByOpensslWithKeyNameAndWholeChain) {
  struct Case {
    Pkcs12Style style;
    const char *cipher, *mac, *other_mac;
  };
  for (const Case& one :
       {Case{Pkcs12Style::kModern, "PBES2, PBKDF2, AES-256-CBC, Iteration 200000, PRF hmacWithSHA256",
             "MAC: sha256, Iteration 200000", "sha1"},
        Case{Pkcs12Style::kLegacy, "pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2048",
             "MAC: sha1, Iteration 2048", "sha256"}}) {
    const auto file = to_pkcs12(key_, chain(), password_, "www.example.test", one.style);
    ASSERT_TRUE(file) << file.error().detail;
    const auto shown = openssl("pkcs12 -legacy -in in -info -nodes -passin 'pass:pass w\xc3\xb6rd'", *file);
    EXPECT_EQ(shown.exit_code, 0) << shown.output;
    for (const std::string& part :
         {std::string(one.cipher), std::string(one.mac), std::string("friendlyName: www.example.test"),
          leaf_.to_pem(), between_.certificate.to_pem(), to_text(key_.to_pkcs8_pem().reveal())})
      EXPECT_NE(shown.output.find(part), std::string::npos) << part << " in " << shown.output;
    EXPECT_EQ(shown.output.find("RC2"), std::string::npos);
    EXPECT_NE(openssl("pkcs12 -legacy -in in -noout -passin pass:other", *file).exit_code, 0);
  }
}

TEST_F(Export, TheChainIsOneTextInItsOrder) {
  EXPECT_EQ(chain_to_pem(chain()), leaf_.to_pem() + between_.certificate.to_pem());
}

TEST_F(Export, WithoutAPasswordNothingLeaves) {
  EXPECT_EQ(key_to_pem(key_, {}).error().id, "password-empty");
  EXPECT_EQ(to_pkcs12(key_, chain(), {}, "", Pkcs12Style::kModern).error().id, "password-empty");
}

TEST_F(Export, AChainThatIsNotTheKeysIsRefused) {
  EXPECT_EQ(to_pkcs12(test_key(), chain(), password_, "", Pkcs12Style::kModern).error().id,
            "certificate-key");
  EXPECT_EQ(to_pkcs12(key_, {}, password_, "", Pkcs12Style::kModern).error().id, "chain-empty");
}

}  // namespace
}  // namespace certstead
