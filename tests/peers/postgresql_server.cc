#include "peers/postgresql_server.h"

#include <unistd.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "peers/process.h"
#include "support/command.h"

namespace certstead {
namespace {

// The newest version of Debian's packages that is installed; "" if there is none.
std::string programs() {
  std::string found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
    const std::string bin = entry.path().string() + "/bin";
    if (::access((bin + "/initdb").c_str(), X_OK) == 0) found = std::max(found, bin);
  }
  return found;
}

std::string config(const std::string& dir, std::uint16_t port, const TlsServerOptions& options) {
  const TlsPair& pair = options.pairs.front();
  return "listen_addresses = '127.0.0.1'\nport = " + std::to_string(port) + "\nunix_socket_directories = '" +
         dir + "'\ndynamic_shared_memory_type = mmap\nfsync = off\nssl = on\nssl_cert_file = '" +
         pair.certificate + "'\nssl_key_file = '" + pair.key + "'\n" + options.more + "\n";
}

}  // namespace

Result<std::unique_ptr<TlsServer>> start_postgresql(const TlsServerOptions& options) {
  const std::string bin = programs();
  if (bin.empty()) return not_found("PostgreSQL is not installed (package postgresql)");
  TRY(auto directory, server_directory());
  give_to_nobody(directory->path());
  const std::string dir = directory->path().string(), data = dir + "/data";
  const std::uint16_t port = free_port();
  const CommandEnd made = run_command(as_nobody() + bin + "/initdb --no-sync -A trust -U test -D " + data);
  if (made.exit != 0) return unavailable("initdb failed: " + made.output);
  CHECK_OK(write_file_atomic(dir + "/tls.conf", view_bytes(config(dir, port, options)), 0644));
  TlsServer::Plan plan;
  plan.command =
      unprivileged({bin + "/postgres", "-D", data, "-c", "config_file=" + dir + "/tls.conf", "-c",
                    "hba_file=" + data + "/pg_hba.conf", "-c", "ident_file=" + data + "/pg_ident.conf"});
  plan.environment = options.environment;
  plan.ports = {port};
  plan.targets = {"postgres+starttls://127.0.0.1:" + std::to_string(port)};
  plan.check = {"/bin/true"};
  plan.reload = {"/bin/sh", "-c", "kill -HUP $(head -n 1 " + data + "/postmaster.pid)"};
  return TlsServer::start(std::move(directory), std::move(plan));
}

}  // namespace certstead
