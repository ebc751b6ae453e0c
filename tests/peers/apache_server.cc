#include "peers/apache_server.h"

#include <unistd.h>

#include "base/file.h"
#include "peers/process.h"

namespace certstead {
namespace {

constexpr const char* kProgram = "/usr/sbin/apache2";

std::string config(const std::string& dir, std::uint16_t port, const TlsServerOptions& options) {
  const std::string at = "127.0.0.1:" + std::to_string(port);
  std::string out = "ServerRoot " + dir + "\nServerName localhost\nPidFile " + dir + "/pid\nErrorLog " + dir +
                    "/log\nDefaultRuntimeDir " + dir + "\n";
  for (const char* const module : {"mpm_event", "authz_core", "socache_shmcb", "ssl"})
    out += std::string("LoadModule ") + module + "_module /usr/lib/apache2/modules/mod_" + module + ".so\n";
  if (::geteuid() == 0) out += "User www-data\nGroup www-data\n";
  out += "Listen " + at + "\nSSLSessionCache shmcb:" + dir + "/cache(512000)\n<VirtualHost " + at +
         ">\n  DocumentRoot " + dir + "/www\n  SSLEngine on\n";
  for (const TlsPair& pair : options.pairs) {
    out += "  SSLCertificateFile " + pair.certificate + "\n  SSLCertificateKeyFile " + pair.key + "\n";
  }
  return out + options.more + "\n</VirtualHost>\n";
}

}  // namespace

Result<std::unique_ptr<TlsServer>> start_apache(const TlsServerOptions& options) {
  CHECK_OK(need_server(kProgram, "apache2", false));
  TRY(auto directory, server_directory());
  const std::string dir = directory->path().string();
  std::filesystem::create_directory(directory->path() / "www");
  const std::uint16_t port = free_port();
  CHECK_OK(write_file_atomic(dir + "/apache2.conf", view_bytes(config(dir, port, options)), 0644));
  TlsServer::Plan plan;
  plan.command = {kProgram, "-f", dir + "/apache2.conf", "-D", "FOREGROUND"};
  plan.environment = options.environment;
  plan.ports = {port};
  plan.targets = {"https://127.0.0.1:" + std::to_string(port)};
  plan.check = {kProgram, "-f", dir + "/apache2.conf", "-t"};
  plan.reload = {kProgram, "-f", dir + "/apache2.conf", "-k", "graceful"};
  return TlsServer::start(std::move(directory), std::move(plan));
}

}  // namespace certstead
