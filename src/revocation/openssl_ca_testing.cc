#include "revocation/openssl_ca_testing.h"

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "base/file.h"

namespace certstead {
namespace {

constexpr const char* kConfig = R"([ca]
default_ca = it
[it]
dir = .
database = index.txt
new_certs_dir = .
serial = serial
crlnumber = crlnumber
default_md = sha256
policy = any
default_days = 30
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = dn
[dn]
[v3_ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[idp_indirect]
issuingDistributionPoint = critical,@indirect
[indirect]
indirectCRL = TRUE
[idp_elsewhere]
issuingDistributionPoint = critical,@elsewhere
[elsewhere]
fullname = URI:http://elsewhere.example.test/other.crl
[delta]
deltaCRL = critical,ASN1:INTEGER:1
[odd]
1.2.3.4.5 = critical,ASN1:NULL
)";

void write(const std::filesystem::path& path, const std::string& text) {
  ASSERT_TRUE(write_file_atomic(path, view_bytes(text)));
}

}  // namespace

OpensslCa::OpensslCa(const std::string& crl_url, const std::string& ocsp_url, const std::string& issuer_url) {
  std::string leaf =
      "subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\nbasicConstraints = CA:false\n";
  if (!crl_url.empty()) leaf += "crlDistributionPoints = URI:" + crl_url + "\n";
  std::string access;
  if (!ocsp_url.empty()) access = "OCSP;URI:" + ocsp_url;
  if (!issuer_url.empty()) access += (access.empty() ? "" : ",") + ("caIssuers;URI:" + issuer_url);
  if (!access.empty()) leaf += "authorityInfoAccess = " + access + "\n";
  write(file("places"), leaf);
  write(file("ca.cnf"), kConfig);
  write(file("index.txt"), "");
  write(file("serial"), "1000\n");
  write(file("crlnumber"), "01\n");
  openssl(
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 60"
      " -subj /CN=Revocation-Root -config ca.cnf -extensions v3_ca");
}

void OpensslCa::openssl(const std::string& arguments) const {
  const std::string command = "cd '" + dir_.path().string() + "' && openssl " + arguments + " >>log 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << command << "\n" << *read_text_file(file("log"), 1U << 20);
}

Bytes OpensslCa::bytes(const std::string& name) const {
  return to_bytes(read_text_file(file(name), std::size_t{64} << 20).value());
}

Certificate OpensslCa::read(const std::string& name) const {
  return Certificate::from_pem(view_text(bytes(name))).value();
}

Certificate OpensslCa::issue(const std::string& name, const std::string& eku) {
  std::string extensions = "[leaf]\n" + to_text(bytes("places"));
  if (!eku.empty()) extensions += "extendedKeyUsage = " + eku + "\n";
  write(file("leaf.cnf"), extensions);
  openssl("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name + ".key -out " +
          name + ".csr -subj /CN=" + name + " -config ca.cnf");
  openssl("ca -batch -notext -config ca.cnf -keyfile ca.key -cert ca.pem -in " + name + ".csr -out " + name +
          ".pem -extfile leaf.cnf -extensions leaf");
  return read(name + ".pem");
}

void OpensslCa::revoke(const std::string& name, const std::string& reason) {
  openssl("ca -config ca.cnf -keyfile ca.key -cert ca.pem -revoke " + name + ".pem -crl_reason " + reason);
}

Bytes OpensslCa::crl(const std::string& options) {
  openssl("ca -config ca.cnf -keyfile ca.key -cert ca.pem -gencrl -out list.pem " + options);
  openssl("crl -in list.pem -outform DER -out list.der");
  return bytes("list.der");
}

Bytes OpensslCa::ocsp_response(const std::string& leaf, const std::string& signer,
                               const std::string& options) {
  openssl("ocsp -sha1 -issuer ca.pem -cert " + leaf + ".pem -reqout request.der -no_nonce");
  openssl("ocsp -index index.txt -CA ca.pem -rsigner " + signer + ".pem -rkey " + signer +
          ".key -reqin request.der -respout response.der " + options);
  return bytes("response.der");
}

OpensslResponder::OpensslResponder(const OpensslCa& ca, std::uint16_t port, const std::string& options) {
  const std::string script = "cd '" + ca.file("").string() +
                             "' && exec openssl ocsp -index index.txt -port " + std::to_string(port) +
                             " -CA ca.pem -rsigner responder.pem -rkey responder.key " + options +
                             " >responder.log 2>&1";
  const char* const words[] = {"/bin/sh", "-c", script.c_str(), nullptr};
  EXPECT_EQ(::posix_spawn(&pid_, words[0], nullptr, nullptr, const_cast<char**>(words), environ), 0);
  const auto log = [&] { return read_text_file(ca.file("responder.log")).value_or(""); };
  const auto listens = [&] { return log().find("aiting for OCSP client connections") != std::string::npos; };
  for (int i = 0; i < 1200 && !listens(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_TRUE(listens()) << log();
}

OpensslResponder::~OpensslResponder() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace certstead
