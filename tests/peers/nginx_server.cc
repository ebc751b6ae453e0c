#include "peers/nginx_server.h"

#include <unistd.h>

#include "base/file.h"
#include "peers/process.h"

namespace certstead {
namespace {

constexpr const char* kProgram = "/usr/sbin/nginx";

std::string config(const std::string& dir, std::uint16_t port, const TlsServerOptions& options) {
  std::string out = ::geteuid() == 0 ? "user www-data;\n" : "";
  for (const std::string& name : names_of(options.environment)) out += "env " + name + ";\n";
  out += "worker_processes 2;\npid " + dir + "/pid;\nevents { worker_connections 768; }\nhttp {\n";
  for (const char* const kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    out += std::string("  ") + kind + "_temp_path " + dir + "/" + kind + ";\n";
  out += "  access_log off;\n  server {\n    listen 127.0.0.1:" + std::to_string(port) +
         " ssl;\n    server_name _;\n    ssl_protocols TLSv1.2 TLSv1.3;\n";
  for (const TlsPair& pair : options.pairs) {
    out += "    ssl_certificate " + pair.certificate + ";\n    ssl_certificate_key " + pair.key + ";\n";
  }
  return out + "    " + options.more + "\n    location / { return 200 \"hello\\n\"; }\n  }\n}\n";
}

}  // namespace

Result<std::unique_ptr<TlsServer>> start_nginx(const TlsServerOptions& options) {
  CHECK_OK(need_server(kProgram, "nginx", false));
  TRY(auto directory, server_directory());
  const std::string dir = directory->path().string();
  const std::uint16_t port = free_port();
  CHECK_OK(write_file_atomic(dir + "/nginx.conf", view_bytes(config(dir, port, options)), 0644));
  const std::vector<std::string> program = {kProgram,           "-p", dir, "-e", dir + "/log", "-c",
                                            dir + "/nginx.conf"};
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = program;
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  TlsServer::Plan plan;
  plan.command = with({"-g", "daemon off;"});
  plan.environment = options.environment;
  plan.ports = {port};
  plan.targets = {"https://127.0.0.1:" + std::to_string(port)};
  plan.check = with({"-t", "-q"});
  plan.reload = with({"-s", "reload"});
  return TlsServer::start(std::move(directory), std::move(plan));
}

}  // namespace certstead
