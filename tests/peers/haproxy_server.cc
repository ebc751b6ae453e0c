#include "peers/haproxy_server.h"

#include "base/file.h"
#include "peers/process.h"

namespace certstead {
namespace {

constexpr const char* kProgram = "/usr/sbin/haproxy";

std::string config(const std::string& dir, std::uint16_t port, const TlsServerOptions& options) {
  std::string out =
      "global\n  log stdout format raw local0\n  stats socket " + dir +
      "/admin.sock mode 600 level admin expose-fd listeners\n  stats timeout 30s\n  maxconn 200\n"
      "  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets\n"
      "defaults\n  log global\n  mode http\n  timeout connect 5s\n  timeout client 50s\n"
      "  timeout server 50s\n"
      "frontend www\n  bind 127.0.0.1:" +
      std::to_string(port) + " ssl";
  for (const TlsPair& pair : options.pairs) out += " crt " + pair.certificate;
  return out + "\n  " + options.more +
         "\n  http-request return status 200 content-type text/plain string hello\n";
}

}  // namespace

Result<std::unique_ptr<TlsServer>> start_haproxy(const TlsServerOptions& options) {
  CHECK_OK(need_server(kProgram, "haproxy", false));
  TRY(auto directory, server_directory());
  const std::string dir = directory->path().string();
  const std::uint16_t port = free_port();
  CHECK_OK(write_file_atomic(dir + "/haproxy.cfg", view_bytes(config(dir, port, options)), 0644));
  TlsServer::Plan plan;
  plan.command = {kProgram, "-W", "-f", dir + "/haproxy.cfg", "-p", dir + "/pid"};
  plan.environment = options.environment;
  plan.ports = {port};
  plan.targets = {"https://127.0.0.1:" + std::to_string(port)};
  plan.check = {kProgram, "-c", "-q", "-f", dir + "/haproxy.cfg"};
  // As its systemd unit does it: the signal goes to the master process.
  plan.reload = {"/bin/sh", "-c", "kill -USR2 $(head -n 1 " + dir + "/pid)"};
  return TlsServer::start(std::move(directory), std::move(plan));
}

}  // namespace certstead
