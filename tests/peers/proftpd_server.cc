#include "peers/proftpd_server.h"

#include <algorithm>
#include <iterator>

#include "base/file.h"
#include "peers/process.h"

namespace certstead {
namespace {

constexpr const char* kProgram = "/usr/sbin/proftpd";
constexpr const char* kModule = "/usr/lib/proftpd/mod_tls.so";

std::string config(const std::string& dir, std::uint16_t port, const TlsServerOptions& options) {
  std::string out =
      "LoadModule mod_tls.c\nServerType standalone\nUseIPv6 off\nDefaultAddress 127.0.0.1\n"
      "SocketBindTight on\nPort " +
      std::to_string(port) + "\nUser nobody\nGroup nogroup\nPidFile " + dir + "/pid\nScoreboardFile " + dir +
      "/score\nDelayEngine off\nWtmpLog off\nSystemLog " + dir +
      "/log\nAuthOrder mod_auth_unix.c\nTLSEngine on\nTLSProtocol TLSv1.2 TLSv1.3\n";
  const char* const kinds[] = {"TLSEC", "TLSRSA"};
  for (std::size_t i = 0; i < std::min(options.pairs.size(), std::size(kinds)); ++i) {
    const std::string kind = kinds[i];
    out += kind + "CertificateFile " + options.pairs[i].certificate + "\n" + kind + "CertificateKeyFile " +
           options.pairs[i].key + "\n";
  }
  return out + options.more + "\n";
}

}  // namespace

Result<std::unique_ptr<TlsServer>> start_proftpd(const TlsServerOptions& options) {
  CHECK_OK(need_server(kProgram, "proftpd-core", true));
  if (!std::filesystem::exists(kModule))
    return not_found(std::string(kModule) + " is not installed (package proftpd-mod-crypto)");
  TRY(auto directory, server_directory());
  const std::string dir = directory->path().string(), file = dir + "/proftpd.conf";
  const std::uint16_t port = free_port();
  CHECK_OK(write_file_atomic(file, view_bytes(config(dir, port, options)), 0644));
  TlsServer::Plan plan;
  plan.command = {kProgram, "-n", "-c", file};
  plan.environment = options.environment;
  plan.ports = {port};
  plan.targets = {"ftp+starttls://127.0.0.1:" + std::to_string(port)};
  plan.check = {kProgram, "-t", "-c", file};
  plan.reload = {"/bin/sh", "-c", "kill -HUP $(cat " + dir + "/pid)"};
  return TlsServer::start(std::move(directory), std::move(plan));
}

}  // namespace certstead
