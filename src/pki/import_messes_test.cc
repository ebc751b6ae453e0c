// Every mess that people bring, with what must come out: which chain is served, byte by byte, what was used
// and what was dropped for which reason.
#include <gmock/gmock.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/temp_dir.h"
#include "crypto/pem.h"
#include "pki/export.h"
#include "pki/openssl_cli.h"
#include "pki/pki_importer.h"
#include "pki/test_ca.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;

// A world of certificates, made once: leaf <- issuing <- policy <- root, and strangers.
struct World {
  World() {
    keep("key", key.to_pkcs8_pem());
    keep("chain", SecretBytes(view_bytes(leaf.to_pem() + issuing.certificate.to_pem())));
    keep("rsa", rsa.to_pkcs8_pem());
  }
  void keep(const std::string& name, const SecretBytes& content) const {
    (void)write_file_atomic(dir.path() / name, content.reveal());
  }
  // What openssl makes of the files key, chain and rsa, with "secret" as the password.
  std::string openssl(const std::string& words) const {
    const auto made = run_command("cd " + dir.path().string() + " && rm -f out && openssl " + words);
    auto out = read_text_file(dir.path() / "out");
    EXPECT_TRUE(made.exit_code == 0 && out) << words << ": " << made.output;
    return out ? *out : "";
  }

  TempDir dir;
  const PrivateKey key = test_key(), other_key = test_key(),
                   rsa = PrivateKey::generate(KeyType::kRsa2048).value();
  const TestCa root = TestCa::root("Root"), policy = root.sign("Policy"), issuing = policy.sign("Issuing"),
               stranger = TestCa::root("Stranger");
  const Certificate leaf = issuing.leaf(key), rsa_leaf = issuing.leaf(rsa),
                    stray = stranger.leaf(other_key, {"stray.example.test"});
};
const World& world() {
  static const World one;
  return one;
}

std::string key_pem() { return to_text(world().key.to_pkcs8_pem().reveal()); }
std::string rsa_pem() { return to_text(world().rsa.to_pkcs8_pem().reveal()); }
std::string pem(const Certificate& one) { return one.to_pem(); }
std::string pem(const TestCa& ca) { return ca.certificate.to_pem(); }
std::string text_of(BytesView der) { return to_text(der); }
std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}
std::string utf16(const std::string& text, bool big) {
  std::string out = big ? "\xfe\xff" : "\xff\xfe";
  for (const char c : text) out += big ? std::string{'\0', c} : std::string{c, '\0'};
  return out;
}

struct Mess {
  const char* name;
  std::vector<std::pair<std::string, std::string>> files;  // name and content
  std::vector<std::string> dropped = {};                   // "file#position id"
  std::vector<std::string> used = {"in#1 key", "in#2 leaf", "in#3 intermediate", "in#4 intermediate"};
  std::vector<std::string> passwords = {};
  // Of each credential: leaf, issuing, policy.
  std::vector<Certificate> leaves = {world().leaf};
};

std::vector<Mess> pem_messes() {
  const World& w = world();
  const std::string leaf = pem(w.leaf), issuing = pem(w.issuing), policy = pem(w.policy), root = pem(w.root);
  const std::string all = key_pem() + leaf + issuing + policy;
  return {
      {"in order", {{"in", all}}},
      {"upside down, root first",
       {{"in", root + policy + issuing + leaf + key_pem()}},
       {"in#1 root-left-out"},
       {"in#2 intermediate", "in#3 intermediate", "in#4 leaf", "in#5 key"}},
      {"everything twice",
       {{"in", all + all}},
       {"in#5 duplicate", "in#6 duplicate", "in#7 duplicate", "in#8 duplicate"}},
      {"a stray certificate of somebody else", {{"in", all + pem(w.stray)}}, {"in#5 no-key"}},
      {"a stray CA", {{"in", all + pem(w.stranger)}}, {"in#5 off-path"}},
      {"a key without a certificate",
       {{"in", all + to_text(w.other_key.to_pkcs8_pem().reveal())}},
       {"in#5 no-certificate"}},
      {"bag attributes and text around",
       {{"in",
         "Bag Attributes\n    friendlyName: www\n    localKeyID: 01\nKey Attributes: <No Attributes>\n" +
             key_pem() + "subject=CN = www\nissuer=CN = Issuing\n" + leaf + "\n----\nmore\n" + issuing +
             policy + "the end"}}},
      {"line ends of Windows", {{"in", with_crlf(all)}}},
      {"a byte order mark", {{"in", "\xef\xbb\xbf" + all}}},
      {"UTF-16 of Notepad", {{"in", utf16(all, false)}}},
      {"UTF-16, big end first", {{"in", utf16(all, true)}}},
      {"old labels",
       {{"in", encode_pem("EC PRIVATE KEY", w.key.to_der().reveal()) +
                   encode_pem("X509 CERTIFICATE", w.leaf.der()) + issuing + policy}}},
      {"EC parameters before the key",
       {{"in", encode_pem("EC PARAMETERS", to_bytes("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07")) +
                   encode_pem("EC PRIVATE KEY", w.key.to_der().reveal()) + leaf + issuing + policy}},
       {"in#1 not-needed"},
       {"in#2 key", "in#3 leaf", "in#4 intermediate", "in#5 intermediate"}},
      {"indented, as in a YAML file",
       {{"in",
         [&] {
           std::string out = "cert: |\n";
           for (const char c : all) out += c == '\n' ? "\n    " : std::string(1, c);
           return out;
         }()}}},
      {"two RSA and ECDSA credentials of one set",
       {{"in", rsa_pem() + all + pem(w.rsa_leaf)}},
       {},
       {"in#1 key", "in#2 key", "in#3 leaf", "in#4 intermediate", "in#5 intermediate", "in#6 leaf"},
       {},
       {w.leaf, w.rsa_leaf}},
      {"key and certificates in files of their own",
       {{"privkey.pem", key_pem()}, {"cert.pem", leaf}, {"chain.pem", issuing + policy}},
       {},
       {"privkey.pem#1 key", "cert.pem#1 leaf", "chain.pem#1 intermediate", "chain.pem#2 intermediate"}},
      {"certbot's four files",
       {{"cert.pem", leaf},
        {"chain.pem", issuing + policy},
        {"fullchain.pem", leaf + issuing + policy},
        {"privkey.pem", key_pem()}},
       {"fullchain.pem#1 duplicate", "fullchain.pem#2 duplicate", "fullchain.pem#3 duplicate"},
       {"cert.pem#1 leaf", "chain.pem#1 intermediate", "chain.pem#2 intermediate", "privkey.pem#1 key"}},
      {"a lost end line",
       {{"in", "-----BEGIN CERTIFICATE-----\nMIIB\n" + all}},
       {"in#1 unreadable"},
       {"in#2 key", "in#3 leaf", "in#4 intermediate", "in#5 intermediate"}},
      {"a file that is none", {{"in", all}, {"notes.txt", "buy milk"}}, {"notes.txt#0 unreadable"}},
      {"an empty file", {{"in", all}, {"empty.pem", ""}}, {"empty.pem#0 unreadable"}},
      {"base64 of the whole file, as in a Kubernetes secret", {{"in", base64_encode(view_bytes(all))}}},
      {"a key ring of Domino beside it",
       {{"in", all}, {"keyfile.kyr", "\1\2\3"}},
       {"keyfile.kyr#0 kyr-file"}},
      {"what kyrtool prints",
       {{"in", "Using keyring path 'keyfile.kyr'\nKey length: 256 bits\n" + key_pem() +
                   "\nUsing keyring path 'keyfile.kyr'\nCertificate #0\n\nSubject: CN=www\n" + leaf +
                   "Certificate #1\n" + issuing + "Certificate #2\n" + policy}}},
  };
}

std::vector<Mess> binary_messes() {
  const World& w = world();
  const std::string upper = pem(w.issuing) + pem(w.policy);
  const std::vector<std::string> made = {"in#1 key", "in#2 leaf", "upper#1 intermediate",
                                         "upper#2 intermediate"};
  const std::vector<std::string> twice = {"upper#1 duplicate"};
  const std::vector<std::string> bags = {"in#1 leaf", "in#2 intermediate", "in#3 key",
                                         "upper#2 intermediate"};
  const std::vector<std::string> apart = {"cert#1 leaf", "in#1 key", "upper#1 intermediate",
                                          "upper#2 intermediate"};
  const std::string cert = text_of(w.leaf.der());
  const auto key_alone = [&](const char* name, std::string content, std::vector<std::string> passwords) {
    return Mess{name, {{"cert", cert}, {"in", std::move(content)}, {"upper", upper}}, {}, apart, passwords};
  };
  const auto p12 = [&](const char* name, const std::string& flags) {
    return Mess{
        name,
        {{"in", w.openssl("pkcs12 -export -inkey key -in chain -out out -passout pass:secret " + flags)},
         {"upper", upper}},
        twice,
        bags,
        {"wrong", "secret"}};
  };
  const SecretBytes secret(view_bytes("secret"));
  return {
      key_alone("DER: PKCS#8", w.openssl("pkcs8 -topk8 -nocrypt -in key -outform DER -out out"), {}),
      key_alone("DER: SEC 1", to_text(w.key.to_der().reveal()), {}),
      key_alone("PKCS#8 under PBKDF2", to_text(key_to_pem(w.key, secret).value().reveal()),
                {"wrong", "secret"}),
      key_alone("PKCS#8 under scrypt",
                w.openssl("pkcs8 -topk8 -scrypt -in key -out out -passout pass:secret"), {"secret"}),
      key_alone("PKCS#8 under triple DES of PKCS#12",
                w.openssl("pkcs8 -topk8 -v1 PBE-SHA1-3DES -in key -out out -passout pass:secret"),
                {"secret"}),
      key_alone(
          "PKCS#8 under MD5 and single DES, in DER",
          w.openssl(
              "pkcs8 -topk8 -v1 PBE-MD5-DES -provider legacy -provider default -in key -outform DER -out out "
              "-passout pass:secret"),
          {"secret"}),
      key_alone("old encryption with headers", w.openssl("ec -aes256 -in key -out out -passout pass:secret"),
                {"wrong", "secret"}),
      key_alone("old encryption with single DES",
                w.openssl("ec -des -provider legacy -provider default -in key -out out -passout pass:secret"),
                {"secret"}),
      Mess{"DER elements one after the other",
           {{"in", to_text(w.key.to_der().reveal()) + cert + "\n"}, {"upper", upper}},
           {},
           made},
      p12("PKCS#12 of today", ""),
      p12("PKCS#12 of OpenSSL 1.0: RC2-40 and triple DES", "-legacy"),
      p12("PKCS#12 without a MAC", "-nomac"),
      p12("PKCS#12 with RC2-40 for the key too", "-legacy -keypbe PBE-SHA1-RC2-40 -macalg md5"),
      p12("PKCS#12 with certificates in clear", "-certpbe NONE"),
      Mess{"PKCS#12 with the empty password",
           {{"in", w.openssl("pkcs12 -export -inkey key -in chain -out out -passout pass:")},
            {"upper", upper}},
           twice,
           bags},
      Mess{"PKCS#12 of our own export, legacy",
           {{"in", to_text(to_pkcs12(w.key, {w.leaf.der(), w.issuing.certificate.der()}, secret, "www",
                                     Pkcs12Style::kLegacy)
                               .value()
                               .reveal())},
            {"upper", upper}},
           twice,
           bags,
           {"secret"}},
      Mess{"PKCS#7 in PEM",
           {{"in", w.openssl("crl2pkcs7 -nocrl -certfile chain -out out")},
            {"key", key_pem()},
            {"upper", upper}},
           twice,
           {"in#1 leaf", "in#2 intermediate", "key#1 key", "upper#2 intermediate"}},
      Mess{"PKCS#7 in DER",
           {{"in", w.openssl("crl2pkcs7 -nocrl -certfile chain -outform DER -out out")},
            {"key", key_pem()},
            {"upper", upper}},
           twice,
           {"in#1 leaf", "in#2 intermediate", "key#1 key", "upper#2 intermediate"}},
      Mess{"a trusted certificate of OpenSSL, with its text",
           {{"in",
             key_pem() +
                 w.openssl("x509 -in chain -text -trustout -addtrust serverAuth -setalias www -out out")},
            {"upper", upper}},
           {},
           made},
  };
}

std::vector<std::string> brief(const std::vector<ImportNote>& notes) {
  std::vector<std::string> out;
  for (const ImportNote& note : notes)
    out.push_back(note.file + "#" + std::to_string(note.position) + " " + note.id);
  return out;
}

ImportInput input_of(const std::vector<std::pair<std::string, std::string>>& files,
                     const std::vector<std::string>& passwords = {}) {
  ImportInput input;
  for (const auto& [name, content] : files) input.files.push_back({name, SecretBytes(view_bytes(content))});
  for (const std::string& one : passwords) input.passwords.emplace_back(view_bytes(one));
  input.roots = {world().root.trusted()};
  input.now = kTestNow;
  return input;
}

void expect_report(const Mess& mess) {
  const auto reading = PkiImporter().read(input_of(mess.files, mess.passwords));
  ASSERT_TRUE(reading) << reading.error().detail;
  ASSERT_EQ(reading->sets.size(), 1U);
  const auto& credentials = reading->sets.front().credentials;
  ASSERT_EQ(credentials.size(), mess.leaves.size());
  for (std::size_t i = 0; i < credentials.size(); ++i) {
    EXPECT_THAT(credentials[i].chain, ElementsAre(mess.leaves[i].der(), world().issuing.certificate.der(),
                                                  world().policy.certificate.der()));
    EXPECT_TRUE(mess.leaves[i].matches(PrivateKey::from_der(credentials[i].key.reveal()).value()));
    EXPECT_THAT(credentials[i].warnings, IsEmpty());
  }
  EXPECT_THAT(brief(reading->used), ElementsAreArray(mess.used));
  EXPECT_THAT(brief(reading->dropped), ElementsAreArray(mess.dropped));
  for (const ImportNote& note : reading->dropped) EXPECT_FALSE(note.reason.empty()) << note.id;
}

// One test for many files: each process would make all the keys anew.
void expect_reports(const std::vector<Mess>& messes) {
  for (const Mess& mess : messes) {
    SCOPED_TRACE(mess.name);
    expect_report(mess);
  }
}
TEST(Messes, InTextAreReportedAndServedAsExpected) { expect_reports(pem_messes()); }
TEST(Messes, InBinaryFormsAreReportedAndServedAsExpected) { expect_reports(binary_messes()); }

TEST(Messes, TheDefaultContextStaysWithoutOldCiphers) {
  const auto reading = PkiImporter().read(input_of(
      {{"in", world().openssl("pkcs12 -export -legacy -inkey key -in chain -out out -passout pass:secret")}},
      {"secret"}));
  ASSERT_TRUE(reading) << reading.error().detail;
  EXPECT_EQ(EVP_CIPHER_fetch(nullptr, "RC2-40-CBC", nullptr), nullptr);
  clear_openssl_errors();
}

}  // namespace
}  // namespace certstead
