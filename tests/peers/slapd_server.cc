#include "peers/slapd_server.h"

#include "base/file.h"
#include "peers/process.h"
#include "support/command.h"

namespace certstead {
namespace {

constexpr const char* kProgram = "/usr/sbin/slapd";
constexpr const char* kModify = "/usr/bin/ldapmodify";

std::string config(const std::string& dir, const TlsServerOptions& options) {
  const TlsPair& pair = options.pairs.front();
  return "include /etc/ldap/schema/core.schema\npidfile " + dir + "/pid\nTLSCertificateFile " +
         pair.certificate + "\nTLSCertificateKeyFile " + pair.key + "\n" + options.more +
         "\ndatabase config\nrootpw secret\n";
}

// Files are read again when they are named again.
std::string naming_again(const TlsPair& pair) {
  return "dn: cn=config\nchangetype: modify\nreplace: olcTLSCertificateFile\nolcTLSCertificateFile: " +
         pair.certificate + "\n-\nreplace: olcTLSCertificateKeyFile\nolcTLSCertificateKeyFile: " + pair.key +
         "\n";
}

}  // namespace

Result<std::unique_ptr<TlsServer>> start_slapd(const TlsServerOptions& options) {
  CHECK_OK(need_server(kProgram, "slapd", false));
  CHECK_OK(need_server(kModify, "ldap-utils", false));
  TRY(auto directory, server_directory());
  const std::string dir = directory->path().string();
  give_to_nobody(directory->path());
  const std::uint16_t ldap = free_port(), ldaps = free_port();
  const std::string at = "127.0.0.1:" + std::to_string(ldap), tls_at = "127.0.0.1:" + std::to_string(ldaps);
  const std::string file = dir + "/slapd.conf", change = dir + "/change.ldif";
  CHECK_OK(write_file_atomic(file, view_bytes(config(dir, options)), 0644));
  CHECK_OK(write_file_atomic(change, view_bytes(naming_again(options.pairs.front())), 0644));
  TlsServer::Plan plan;
  plan.command =
      unprivileged({kProgram, "-f", file, "-h", "ldap://" + at + "/ ldaps://" + tls_at + "/", "-d", "0"});
  plan.environment = options.environment;
  plan.ports = {ldap, ldaps};
  plan.targets = {"ldap+starttls://" + at, "ldaps://" + tls_at};
  plan.check = unprivileged({"/usr/sbin/slaptest", "-u", "-f", file});
  plan.reload = {kModify, "-x", "-H", "ldap://" + at, "-D", "cn=config", "-w", "secret", "-f", change};
  return TlsServer::start(std::move(directory), std::move(plan));
}

}  // namespace certstead
