#include "peers/dovecot_server.h"

#include "base/file.h"
#include "base/text.h"
#include "peers/process.h"

namespace certstead {
namespace {

constexpr const char* kProgram = "/usr/sbin/dovecot";

struct Ports {
  std::uint16_t imap = free_port(), imaps = free_port(), pop3 = free_port(), pop3s = free_port();
};

// A login service with a port for STARTTLS and one for TLS from the first byte.
std::string service(const std::string& name, std::uint16_t plain, std::uint16_t tls) {
  return "service " + name + "-login {\n  inet_listener " + name + " {\n    port = " + std::to_string(plain) +
         "\n  }\n  inet_listener " + name + "s {\n    port = " + std::to_string(tls) +
         "\n    ssl = yes\n  }\n}\n";
}

std::string config(const std::string& dir, const Ports& ports, const TlsServerOptions& options) {
  std::string out = "base_dir = " + dir + "/run\nstate_dir = " + dir + "/run\nlog_path = " + dir +
                    "/log\nprotocols = imap pop3\nlisten = 127.0.0.1\nmail_location = maildir:" + dir +
                    "/mail/%u\npassdb {\n  driver = static\n  args = nopassword=y\n}\n"
                    "userdb {\n  driver = static\n  args = uid=65534 gid=65534 home=/nonexistent\n}\n"
                    "ssl = yes\nssl_min_protocol = TLSv1.2\n" +
                    service("imap", ports.imap, ports.imaps) + service("pop3", ports.pop3, ports.pop3s);
  const char* prefix = "ssl_";
  for (const TlsPair& pair : options.pairs) {
    out += std::string(prefix) + "cert = <" + pair.certificate + "\n" + prefix + "key = <" + pair.key + "\n";
    prefix = "ssl_alt_";
  }
  if (!options.environment.empty())
    out += "import_environment = TZ CORE_OUTOFMEM CORE_ERROR " + join(options.environment, " ") + "\n";
  return out + options.more + "\n";
}

}  // namespace

Result<std::unique_ptr<TlsServer>> start_dovecot(const TlsServerOptions& options) {
  CHECK_OK(need_server(kProgram, "dovecot-imapd", true));
  CHECK_OK(need_server("/usr/lib/dovecot/pop3-login", "dovecot-pop3d", true));
  TRY(auto directory, server_directory());
  const std::string dir = directory->path().string();
  const Ports ports;
  const std::string file = dir + "/dovecot.conf";
  CHECK_OK(write_file_atomic(file, view_bytes(config(dir, ports, options)), 0644));
  TlsServer::Plan plan;
  plan.command = {kProgram, "-F", "-c", file};
  plan.ports = {ports.imap, ports.imaps, ports.pop3, ports.pop3s};
  const char* const schemes[] = {"imap+starttls", "imaps", "pop3+starttls", "pop3s"};
  for (std::size_t i = 0; i < plan.ports.size(); ++i)
    plan.targets.push_back(std::string(schemes[i]) + "://127.0.0.1:" + std::to_string(plan.ports[i]));
  plan.check = {"/usr/bin/doveconf", "-c", file, "-h", "ssl_cert"};
  plan.reload = {kProgram, "-c", file, "reload"};
  return TlsServer::start(std::move(directory), std::move(plan));
}

}  // namespace certstead
