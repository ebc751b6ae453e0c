// CAs of our own and of others, with real processes: manager, gateway, openssl.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "support/fleet_processes.h"

namespace certstead {
namespace {

using testing::HasSubstr;

class OwnCa : public testing::Test {
 protected:
  OwnCa() {
    // What the documentation calls `certstead`.
    write("certstead", "#!/bin/sh\nexec " + user() + CERTSTEAD_BINARY + " --socket " +
                           (fleet.directory() / "api.sock").string() + " \"$@\"\n");
    std::filesystem::permissions(fleet.directory() / "certstead", std::filesystem::perms(0755));
  }

  static std::string user() {
    return geteuid() == 0 ? "/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
  }
  std::string path(const std::string& name) const { return (fleet.directory() / name).string(); }
  void write(const std::string& name, const std::string& content) const {
    ASSERT_TRUE(write_file_atomic(fleet.directory() / name, view_bytes(content), 0644));
  }
  // Runs a script in the fleet's directory, where `certstead` is the one above.
  CommandResult shell(const std::string& script) const {
    write("script.sh", "set -eu\nPATH=" + fleet.directory().string() + ":$PATH\n" + script);
    const std::string line =
        "cd " + fleet.directory().string() + " && bash script.sh >script.out 2>script.err </dev/null";
    const int status = std::system(line.c_str());  // NOLINT(concurrency-mt-unsafe,cert-env33-c)
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text_file(path("script.out")).value_or(""),
            read_text_file(path("script.err")).value_or("")};
  }
  void run(const std::string& script) const {
    const CommandResult result = shell(script);
    ASSERT_EQ(result.exit, 0) << script << "\n" << result.out << result.err;
  }
  // A verified handshake by openssl with the gateway; retried while the gateway's view catches up.
  std::string handshake(const std::string& name, const std::string& ca_file,
                        const std::string& algorithms) const {
    const std::string command =
        "openssl s_client -connect 127.0.0.1:" + std::to_string(fleet.https_port()) + " -servername " + name +
        " -verify_hostname " + name + " -CAfile " + ca_file +
        " -no-CApath -no-CAstore -x509_strict -verify_return_error -tls1_3 -sigalgs " + algorithms + "\n";
    CommandResult result;
    for (int i = 0; i < 50; ++i) {
      result = shell(command);
      if (result.exit == 0) return result.out;
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    return "FAILED\n" + result.out + result.err;
  }

  FleetProcesses fleet;
};

// All blocks "```sh" of a guide, in their order.
std::string blocks_of(const std::string& file) {
  const std::string text = read_text_file(file).value_or("");
  std::string out;
  for (std::size_t at = text.find("```sh\n"); at != std::string::npos; at = text.find("```sh\n", at)) {
    at += 6;
    const std::size_t end = text.find("```", at);
    out += text.substr(at, end - at);
    at = end + 3;
  }
  return out;
}

TEST_F(OwnCa, TheLoopOfTheGuideIsACa) {
  const std::string script = blocks_of(CERTSTEAD_GUIDES "/manual-flow.md");
  ASSERT_THAT(script, HasSubstr("openssl x509 -req"));
  const CommandResult result = shell(script);
  ASSERT_EQ(result.exit, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("issued"));
  EXPECT_THAT(handshake("mail.example.test", "mini-ca.pem", "ECDSA+SHA256"),
              HasSubstr("Verify return code: 0"));
  EXPECT_THAT(handshake("www.example.test", "mini-ca.pem", "RSA-PSS+SHA256"),
              HasSubstr("Verify return code: 0"));
  // Nothing is left to answer, and the loop may run again.
  EXPECT_EQ(fleet.cli({"list", "--status", "waiting", "-o", "json"}).out.find("www.example.test"),
            std::string::npos);
}

TEST_F(OwnCa, WrongAnswersEndWithTheirCodeAndTheRightOneIsStillTaken) {
  run("certstead request www.lab.test --key p256 --issuer manual\n"
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout k.pem -out "
      "wrong.pem\n");
  const CommandResult wrong = shell("certstead complete www.lab.test wrong.pem");
  EXPECT_EQ(wrong.exit, 1);
  EXPECT_THAT(wrong.err, HasSubstr("[certificate-key]"));
  const CommandResult garbage = shell("echo hello | certstead complete www.lab.test -");
  EXPECT_EQ(garbage.exit, 1);
  EXPECT_THAT(garbage.err, HasSubstr("[certificate-garbage]"));
  EXPECT_THAT(fleet.cli({"list", "--status", "waiting"}).out, HasSubstr("www.lab.test"));
  run("certstead cancel www.lab.test\n");
  EXPECT_EQ(fleet.cli({"csr", "www.lab.test"}).exit, 1);
}

TEST_F(OwnCa, MicroCaSetWithTwoKeysIsServedAndVerifiedAgainstItsRoot) {
  run("certstead request www.lab.test --issuer microca\n"
      "certstead microca export-cert microca > microca.pem\n");
  EXPECT_THAT(handshake("www.lab.test", "microca.pem", "ECDSA+SHA256"), HasSubstr("Verify return code: 0"));
  EXPECT_THAT(handshake("www.lab.test", "microca.pem", "RSA-PSS+SHA256"), HasSubstr("Verify return code: 0"));
  EXPECT_THAT(fleet.cli({"status", "www.lab.test"}).out, HasSubstr("green"));
  EXPECT_THAT(fleet.cli({"roots", "list"}).out, HasSubstr("microca"));
  EXPECT_THAT(fleet.cli({"microca", "show", "microca"}).out, HasSubstr("green"));
}

TEST_F(OwnCa, ForeignRequestIsSignedAndRevokedOntoACrlThatOpensslChecks) {
  run("certstead microca create office --permit lab.test --crl-url http://crl.lab.test/office.crl\n"
      "certstead microca export-cert office > office.pem\n"
      "openssl req -new -newkey rsa:2048 -nodes -keyout k.pem -out r.pem -subj /CN=x -addext "
      "subjectAltName=DNS:a.lab.test\n"
      "certstead microca sign r.pem --ca office --days 30 --out leaf.pem\n"
      "certstead microca crl office --out office.crl\n"
      "openssl verify -x509_strict -CAfile office.pem -CRLfile office.crl -crl_check -verify_hostname "
      "a.lab.test leaf.pem\n");
  const auto leaf = Certificate::from_pem(read_text_file(path("leaf.pem")).value());
  ASSERT_TRUE(leaf);
  EXPECT_THAT(fleet.cli({"microca", "issued", "office"}).out, HasSubstr("signed"));
  run("certstead microca revoke " + leaf->serial() + " --ca office --reason superseded\n" +
      "certstead microca crl office --out office.crl\n");
  const CommandResult revoked =
      shell("openssl verify -CAfile office.pem -CRLfile office.crl -crl_check leaf.pem");
  EXPECT_NE(revoked.exit, 0);
  EXPECT_THAT(revoked.err, HasSubstr("revoked"));
  const CommandResult outside = shell(
      "openssl req -new -key k.pem -subj /CN=x -addext subjectAltName=DNS:a.other.test | certstead microca "
      "sign - --ca office");
  EXPECT_EQ(outside.exit, 1);
  EXPECT_THAT(outside.err, HasSubstr("[name-not-permitted]"));
}

TEST_F(OwnCa, SubordinateCaUnderACorporateOneServesTheWholeChain) {
  run("openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj '/O=Corp/CN=Corp Root' -keyout corp.key "
      "-out corp.pem"
      " -addext keyUsage=critical,keyCertSign,cRLSign\n"
      "certstead roots add corp.pem\n"
      "certstead microca create below --sub --permit lab.test\n");
  const CommandResult early = shell("certstead request www.lab.test --issuer below --key p256 --no-wait");
  EXPECT_EQ(early.exit, 0) << early.err;
  run("certstead microca csr below > below.csr\n"
      "printf "
      "'basicConstraints=critical,CA:TRUE,pathlen:0\\nsubjectKeyIdentifier=hash\\nauthorityKeyIdentifier="
      "keyid\\n"
      "keyUsage=critical,keyCertSign,cRLSign\\nnameConstraints=critical,permitted;DNS:lab.test,permitted;DNS:"
      "corp.test\\n' > sub.cnf\n"
      "openssl x509 -req -in below.csr -extfile sub.cnf -CA corp.pem -CAkey corp.key -days 1000 -out "
      "below.pem\n"
      "certstead microca complete below below.pem\n"
      "certstead delete www.lab.test --yes\n"
      "certstead request www.lab.test --issuer below\n");
  EXPECT_THAT(handshake("www.lab.test", "corp.pem", "ECDSA+SHA256"), HasSubstr("Verify return code: 0"));
  EXPECT_THAT(handshake("www.lab.test", "corp.pem", "RSA-PSS+SHA256"), HasSubstr("Verify return code: 0"));
  const CommandResult outside = shell(
      "openssl req -new -newkey rsa:2048 -nodes -keyout k.pem -subj /CN=x -addext "
      "subjectAltName=DNS:a.other.test |"
      " certstead microca sign - --ca below");
  EXPECT_THAT(outside.err, HasSubstr("[name-not-permitted]"));
}

// kill -9 at durable writes while certificates are signed: what left the process is in the store, and a set
// has used one serial number.
TEST_F(OwnCa, EveryCertificateThatLeftAKilledManagerIsRecorded) {
  if (access("/usr/bin/strace", X_OK) != 0) GTEST_SKIP() << "strace is not installed";
  run("certstead microca create office\n"
      "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out r.pem -subj "
      "/CN=x"
      " -addext subjectAltName=DNS:a.lab.test\n");
  std::string printed;
  int killed = 0;
  for (const int n : {4, 8, 12, 16, 20, 24}) {
    fleet.stop_manager();
    fleet.start_manager({"/usr/bin/strace", "-f", "-qq", "-e", "trace=fdatasync", "-e",
                         "inject=fdatasync:signal=SIGKILL:when=" + std::to_string(n), "-o", path("strace")});
    if (fleet.wait_for_manager(std::chrono::seconds{60})) {
      static_cast<void>(fleet.cli({"request", "n" + std::to_string(n) + ".lab.test", "--issuer", "office",
                                   "--key", "p256", "--no-wait"}));
      for (int i = 0; i < 10 && fleet.manager_runs(); ++i)
        printed += shell("certstead microca sign r.pem --ca office -o json").out;
    }
    if (!fleet.manager_runs()) ++killed;
    fleet.stop_manager();
    fleet.start_manager();
    ASSERT_TRUE(fleet.wait_for_manager(std::chrono::seconds{60})) << fleet.log_of("manager");
    const CommandResult again =
        fleet.cli({"request", "n" + std::to_string(n) + ".lab.test", "--issuer", "office", "--key", "p256"});
    EXPECT_EQ(again.exit, 0) << again.err;
  }
  EXPECT_GT(killed, 0) << "no write was hit: the sweep proves nothing";
  const std::string issued = fleet.cli({"microca", "issued", "office", "-o", "json"}).out;
  int certificates = 0;
  for (const std::string_view line : split(printed, '\n')) {
    const std::size_t at = line.find("\"serial\": \"");
    if (at == std::string_view::npos) continue;
    ++certificates;
    EXPECT_THAT(issued, HasSubstr(std::string(line.substr(at)))) << "it left the process and is not recorded";
  }
  EXPECT_GT(certificates, 0);
  for (const int n : {4, 8, 12, 16, 20, 24}) {
    const std::string name = "\"n" + std::to_string(n) + ".lab.test\"";
    const std::size_t first = issued.find(name);
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(issued.find(name, first + 1), std::string::npos) << name << " was recorded twice";
  }
}

}  // namespace
}  // namespace certstead
