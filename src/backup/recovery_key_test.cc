#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "backup/key_file.h"
#include "base/file.h"
#include "base/temp_dir.h"
#include "crypto/pem.h"
#include "vault/test_fleet.h"

namespace certstead {
namespace {

const SecretBytes kPassword(view_bytes("a long pass phrase"));

class RecoveryKeys : public testing::Test {
 protected:
  RecoveryKey key() { return make_recovery_key("safe", fleet_.ca.root(), fleet_.clock.now()).value(); }
  TestFleet fleet_;
};

TEST_F(RecoveryKeys, ComeBackOutOfTheirFile) {
  const RecoveryKey made = key();
  const SecretBytes text = recovery_key_to_text(made, kPassword).value();
  EXPECT_EQ(view_text(text.reveal()).find("BEGIN PRIVATE KEY"), std::string_view::npos);
  const auto read = recovery_key_from_text(text, kPassword);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_TRUE(read->certificate.matches(made.key));
  EXPECT_TRUE(read->certificate.matches(read->key));
  EXPECT_EQ(read->fleet_root.der(), fleet_.ca.root().der());
}

TEST_F(RecoveryKeys, StayClosedWithAnotherPassword) {
  const SecretBytes text = recovery_key_to_text(key(), kPassword).value();
  EXPECT_EQ(refusal_id(recovery_key_from_text(text, SecretBytes(view_bytes("a long pass phrasf")))),
            "password-wrong");
}

TEST_F(RecoveryKeys, WantALongPassword) {
  EXPECT_EQ(refusal_id(recovery_key_to_text(key(), SecretBytes(view_bytes("short")))), "password-short");
}

TEST_F(RecoveryKeys, RefuseFilesThatWouldCostTooMuch) {
  const TempDir dir;
  const auto clear = dir.path() / "clear.pem", sealed = dir.path() / "sealed.pem";
  ASSERT_TRUE(write_file_atomic(clear, key().key.to_pkcs8_pem().reveal()));
  // The number of rounds in a cheap one is made larger.
  ASSERT_EQ(std::system(("openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 100000 -passout pass:x -in " +
                         clear.string() + " -out " + sealed.string())
                            .c_str()),
            0);
  const std::string pem = read_text_file(sealed).value();
  std::string_view rest = pem;
  const SecretBytes der = decode_pem(*next_pem_block(rest)).value();
  Bytes changed(der.reveal().begin(), der.reveal().end());
  const Bytes rounds = {0x02, 0x03, 0x01, 0x86, 0xA0};  // INTEGER 100000
  const auto at = std::search(changed.begin(), changed.end(), rounds.begin(), rounds.end());
  ASSERT_NE(at, changed.end());
  *(at + 2) = 0x7F;  // 8,357,536
  const RecoveryKey other = key();
  const SecretBytes file(view_bytes(encode_pem("ENCRYPTED PRIVATE KEY", changed) +
                                    other.certificate.to_pem() + other.fleet_root.to_pem()));
  EXPECT_EQ(refusal_id(recovery_key_from_text(file, kPassword)), "key-file");
}

TEST_F(RecoveryKeys, AreToldFromOtherFiles) {
  for (const std::string_view text :
       {"", "hello", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"}) {
    EXPECT_EQ(refusal_id(recovery_key_from_text(SecretBytes(view_bytes(text)), kPassword)), "key-file")
        << text;
  }
}

}  // namespace
}  // namespace certstead
