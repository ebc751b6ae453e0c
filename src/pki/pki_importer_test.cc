#include "pki/pki_importer.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "base/temp_dir.h"
#include "crypto/pem.h"
#include "pki/export.h"
#include "pki/openssl_cli.h"
#include "pki/test_ca.h"

namespace certstead {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using Files = std::vector<std::pair<std::string, std::string>>;

std::string pem(const PrivateKey& key) { return to_text(key.to_pkcs8_pem().reveal()); }
std::string pem(const Certificate& one) { return one.to_pem(); }
std::string pem(const TestCa& ca) { return ca.certificate.to_pem(); }

class Importing : public testing::Test {
 protected:
  Result<ImportReading> read(const Files& files, std::vector<TrustedRoot> roots,
                             const std::vector<std::string>& passwords = {}) {
    ImportInput input;
    for (const auto& [name, content] : files) input.files.push_back({name, SecretBytes(view_bytes(content))});
    for (const std::string& one : passwords) input.passwords.emplace_back(view_bytes(one));
    input.roots = std::move(roots);
    input.now = kTestNow;
    return PkiImporter().read(input);
  }
  Result<ImportReading> read(const std::string& content) {
    return read({{"in", content}}, {root_.trusted()});
  }
  std::string refusal(const Files& files, const std::vector<std::string>& passwords = {}) {
    const auto reading = read(files, {root_.trusted()}, passwords);
    return reading ? "" : reading.error().id;
  }
  std::string openssl(const std::string& words, const std::string& in) {
    (void)write_file_atomic(dir_.path() / "in", view_bytes(in));
    const auto made = run_command("cd " + dir_.path().string() + " && openssl " + words);
    EXPECT_EQ(made.exit_code, 0) << words << ": " << made.output;
    return read_text_file(dir_.path() / "out").value_or("");
  }
  static std::vector<std::string> ids(const std::vector<ImportNote>& notes) {
    std::vector<std::string> out;
    for (const ImportNote& note : notes)
      out.push_back(note.file + "#" + std::to_string(note.position) + " " + note.id);
    return out;
  }

  const TempDir dir_;
  const TestCa root_ = TestCa::root("Root"), policy_ = root_.sign("Policy"),
               issuing_ = policy_.sign("Issuing");
  const PrivateKey key_ = test_key();
  const Certificate leaf_ = issuing_.leaf(key_);
};

TEST_F(Importing, CompletesTheChainFromTheStoreOverSeveralLevels) {
  const auto reading =
      read({{"in", pem(key_) + pem(leaf_)}},
           {root_.trusted(), policy_.trusted(), issuing_.trusted(), TestCa::root("X").trusted()});
  ASSERT_TRUE(reading) << reading.error().detail;
  EXPECT_THAT(reading->sets.at(0).credentials.at(0).chain,
              ElementsAre(leaf_.der(), issuing_.certificate.der(), policy_.certificate.der()));
  EXPECT_THAT(ids(reading->used), ElementsAre("#0 completed", "#0 completed", "in#1 key", "in#2 leaf"));
}

TEST_F(Importing, WarnsWhereNoRootIsKnown) {
  const auto reading = read({{"in", pem(key_) + pem(leaf_) + pem(issuing_) + pem(policy_) + pem(root_)}}, {});
  ASSERT_TRUE(reading) << reading.error().detail;
  const ImportedCredential& one = reading->sets.at(0).credentials.at(0);
  EXPECT_EQ(one.chain.size(), 3U);
  EXPECT_THAT(one.warnings, ElementsAre(HasSubstr("no trusted root is known")));
  EXPECT_THAT(ids(reading->dropped), ElementsAre("in#5 root-left-out"));
}

TEST_F(Importing, FindsTheOneIssuerAmongAHundredOfTheSameName) {
  std::string heap = pem(key_);
  for (int i = 0; i < 50; ++i) heap += pem(policy_.sign("Issuing"));
  heap += pem(leaf_) + pem(issuing_);
  for (int i = 0; i < 50; ++i) heap += pem(policy_.sign("Issuing"));
  const auto reading = read(heap + pem(policy_));
  ASSERT_TRUE(reading) << reading.error().detail;
  EXPECT_THAT(reading->sets.at(0).credentials.at(0).chain,
              ElementsAre(leaf_.der(), issuing_.certificate.der(), policy_.certificate.der()));
  EXPECT_EQ(reading->dropped.size(), 100U);
}

TEST_F(Importing, GoesRoundACycleOfCrossSigns) {
  // Two CAs that sign each other, one of them under the root.
  const TestCa a = root_.sign("A"), b = TestCa::root("B");
  const TestCa a_by_b = b.sign("A", a.key), b_by_a = a.sign("B", b.key);
  const Certificate leaf = b.leaf(key_);
  const auto reading = read(pem(key_) + pem(leaf) + pem(a_by_b) + pem(b_by_a) + pem(a));
  ASSERT_TRUE(reading) << reading.error().detail;
  EXPECT_THAT(reading->sets.at(0).credentials.at(0).chain,
              ElementsAre(leaf.der(), b_by_a.certificate.der(), a.certificate.der()));
  EXPECT_THAT(ids(reading->dropped), ElementsAre("in#3 off-path"));
}

TEST_F(Importing, PassesOverAnExpiredCrossSign) {
  const TestCa expired = TestCa::root("Old").sign("Issuing", issuing_.key, kTestNow - std::chrono::days(1));
  const auto reading = read(pem(key_) + pem(leaf_) + pem(expired) + pem(issuing_) + pem(policy_));
  ASSERT_TRUE(reading) << reading.error().detail;
  EXPECT_EQ(reading->sets.at(0).credentials.at(0).chain.at(1), issuing_.certificate.der());
  EXPECT_THAT(ids(reading->dropped), ElementsAre("in#3 expired"));
}

TEST_F(Importing, ServesTheLeafAloneAndSaysSoWhenItsIssuerIsNotTheRightOne) {
  const auto reading = read(pem(key_) + pem(leaf_) + pem(policy_.sign("Issuing")) + pem(policy_));
  ASSERT_TRUE(reading) << reading.error().detail;
  const ImportedCredential& one = reading->sets.at(0).credentials.at(0);
  EXPECT_THAT(one.chain, ElementsAre(leaf_.der()));
  EXPECT_THAT(one.warnings, ElementsAre(HasSubstr("has the issuer's name, but not its key")));
}

TEST_F(Importing, TakesTheNewestValidLeafOfAKey) {
  const auto at = [&](int start, int end) {
    return issuing_.leaf(key_, {"www.example.test"}, kTestNow + std::chrono::days(start),
                         kTestNow + std::chrono::days(end));
  };
  const Certificate old = at(-40, 5), newest = at(-3, 50), future = at(10, 55);
  const auto reading = read(pem(old) + pem(newest) + pem(key_) + pem(future) + pem(issuing_) + pem(policy_));
  ASSERT_TRUE(reading) << reading.error().detail;
  EXPECT_EQ(reading->sets.at(0).credentials.at(0).chain.front(), newest.der());
  EXPECT_THAT(ids(reading->dropped), ElementsAre("in#1 several-leaves", "in#4 several-leaves"));
}

TEST_F(Importing, KeepsTheNewerOfTwoCredentialsForTheSameNames) {
  const PrivateKey older_key = test_key();
  const Certificate older = issuing_.leaf(older_key, {"www.example.test"}, kTestStart - std::chrono::days(1));
  const auto reading =
      read(pem(older_key) + pem(older) + pem(key_) + pem(leaf_) + pem(issuing_) + pem(policy_));
  ASSERT_TRUE(reading) << reading.error().detail;
  ASSERT_EQ(reading->sets.size(), 1U);
  EXPECT_EQ(reading->sets[0].credentials.at(0).chain.front(), leaf_.der());
  EXPECT_THAT(ids(reading->dropped), ElementsAre("in#1 older", "in#2 older"));
}

TEST_F(Importing, ImportsAnExpiredLeafWithAWarning) {
  const Certificate over =
      issuing_.leaf(key_, {"www.example.test"}, kTestStart, kTestNow - std::chrono::days(2));
  const auto reading = read(pem(key_) + pem(over) + pem(issuing_) + pem(policy_));
  ASSERT_TRUE(reading) << reading.error().detail;
  const ImportedCredential& one = reading->sets.at(0).credentials.at(0);
  EXPECT_EQ(one.chain.size(), 3U);
  EXPECT_THAT(one.warnings, ElementsAre(HasSubstr("expired at")));
}

TEST_F(Importing, MakesASetForEachListOfNames) {
  const PrivateKey other = test_key();
  const auto reading = read(pem(key_) + pem(leaf_) + pem(other) +
                            pem(issuing_.leaf(other, {"b.test", "*.b.test"})) + pem(issuing_) + pem(policy_));
  ASSERT_TRUE(reading) << reading.error().detail;
  ASSERT_EQ(reading->sets.size(), 2U);
  EXPECT_EQ(reading->sets[1].names.at(1).ascii(), "*.b.test");
}

TEST_F(Importing, SelfSignedServerCertificatesAreTaken) {
  const std::string made = openssl(
      "req -x509 -newkey rsa:2048 -nodes -keyout key -out out -days 3650 -subj /CN=old -addext "
      "subjectAltName=DNS:nas.example.test && cat key >> out",
      "");
  const auto reading = read(made);
  ASSERT_TRUE(reading) << reading.error().detail;
  EXPECT_EQ(reading->sets.at(0).credentials.at(0).chain.size(), 1U);
}

TEST_F(Importing, EachKindOfFailureHasItsOwnId) {
  const std::string chain = pem(leaf_) + pem(issuing_);
  const std::string locked = to_text(key_to_pem(key_, SecretBytes(view_bytes("secret"))).value().reveal());
  EXPECT_EQ(refusal({}), "import-empty");
  EXPECT_EQ(refusal({{"a", chain}}), "import-no-key");
  EXPECT_EQ(refusal({{"a", pem(key_) + pem(issuing_)}}), "import-no-certificate");
  EXPECT_EQ(refusal({{"a", locked + chain}}), "password-needed");
  EXPECT_EQ(refusal({{"a", locked + chain}}, {"nope", ""}), "password-wrong");
  EXPECT_EQ(refusal({{"a", "buy milk"}}), "import-unreadable");
  EXPECT_EQ(refusal({{"a", pem(issuing_.key) + pem(issuing_)}}), "ca-key");
  EXPECT_EQ(refusal({{"a", std::string(kMaxImportFile + 1, 'x')}}), "import-too-big");
  const std::string weak =
      openssl("req -x509 -newkey rsa:1024 -nodes -keyout key -out out -subj /CN=weak && cat key >> out", "");
  EXPECT_EQ(refusal({{"a", weak}}), "key-weak");
  const std::string odd =
      openssl("req -x509 -newkey ed25519 -nodes -keyout key -out out -subj /CN=odd && cat key >> out", "");
  EXPECT_EQ(refusal({{"a", odd}}), "key-kind");
}

TEST_F(Importing, AKeyWhosePublicHalfIsAnothersIsRefused) {
  const SecretBytes der = key_.to_der(), other = test_key().to_der();
  Bytes mixed(der.reveal().begin(), der.reveal().end());
  std::copy(other.reveal().begin() + 7, other.reveal().begin() + 39, mixed.begin() + 7);
  EXPECT_EQ(refusal({{"a", pem(leaf_)}, {"k", to_text(mixed)}}), "key-damaged");
}

TEST_F(Importing, AKeyRingIsAnsweredWithTheCommandsThatReadIt) {
  for (const char* name : {"/local/notesdata/keyfile.kyr", "/local/notesdata/KEYFILE.STH"}) {
    const auto reading = read({{name, "\1\2\3"}}, {});
    ASSERT_FALSE(reading);
    EXPECT_EQ(reading.error().id, "kyr-file");
    const std::string ring =
        std::string(name) == "/local/notesdata/keyfile.kyr" ? name : "/local/notesdata/KEYFILE.kyr";
    for (const char* part : {"keys", "certs", "roots"})
      EXPECT_THAT(reading.error().detail,
                  HasSubstr("kyrtool show " + std::string(part) + " -k '" + ring + "'"));
  }
}

// A PKCS#12 file whose MAC asks for `rounds`, four octets big-endian.
std::string with_mac_rounds(std::string file, const std::string& rounds) {
  const std::string was("\x02\x03\x03\x0d\x40", 5);  // 200,000 in three octets
  const std::size_t at = file.rfind(was);
  EXPECT_NE(at, std::string::npos);
  return file.replace(at, was.size(), "\x02\x03" + rounds);
}

TEST_F(Importing, RoundsArePaidForBeforeTheyRun) {
  const SecretBytes secret(view_bytes("secret"));
  const std::vector<Bytes> chain = {leaf_.der()};
  const std::string file = to_text(to_pkcs12(key_, chain, secret, "", Pkcs12Style::kModern).value().reveal());
  // 8,388,607 rounds are within the cap for one try, but not for two passwords.
  EXPECT_EQ(refusal({{"a", with_mac_rounds(file, "\x7f\xff\xff")}}, {"one", "two"}), "too-many-rounds");
}

TEST_F(Importing, TwoToTheThirtyFirstRoundsAreRefusedAtOnce) {
  // PBES2 with PBKDF2 of 2^31 - 1 rounds over rubbish: what is refused is never derived.
  const std::string der = openssl(
      "asn1parse -genconf in -noout -out out",
      "asn1=SEQUENCE:s\n[s]\na=SEQUENCE:alg\nc=FORMAT:HEX,OCTETSTRING:" + std::string(64, 'A') +
          "\n[alg]\no=OID:PBES2\np=SEQUENCE:par\n[par]\nk=SEQUENCE:kdf\ne=SEQUENCE:enc\n[kdf]\no=OID:PBKDF2\n"
          "p=SEQUENCE:kpar\n[kpar]\ns=FORMAT:HEX,OCTETSTRING:0102030405060708\ni=INTEGER:2147483647\n"
          "[enc]\no=OID:aes-256-cbc\niv=FORMAT:HEX,OCTETSTRING:00000000000000000000000000000000\n");
  EXPECT_EQ(refusal({{"a", der}}, {"secret"}), "too-many-rounds");
}

TEST_F(Importing, TruncatedFilesAreUnreadableAndNothingWorse) {
  const SecretBytes secret(view_bytes("secret"));
  const std::string p12 =
      to_text(to_pkcs12(key_, {leaf_.der()}, secret, "", Pkcs12Style::kLegacy).value().reveal());
  for (std::size_t length = 1; length < p12.size(); length += 37)
    EXPECT_EQ(refusal({{"a", p12.substr(0, length)}}, {"secret"}), "import-unreadable") << length;
  const std::string text = pem(key_) + pem(leaf_);
  EXPECT_EQ(refusal({{"a", text.substr(0, text.size() - 40)}}), "import-no-certificate");
}

}  // namespace
}  // namespace certstead
