#include "peers/dovecot_server.h"

#include "base/file.h"
#include "base/text.h"
#include "peers/process.h"

namespace certstead {
namespace {

constexpr const char* kProgram = "/usr/sbin/dovecot";

std::string config(const std::string& dir, std::uint16_t imap, std::uint16_t imaps,
                   const TlsServerOptions& options) {
  std::string out = "base_dir = " + dir + "/run\nstate_dir = " + dir + "/run\nlog_path = " + dir +
                    "/log\nprotocols = imap\nlisten = 127.0.0.1\nmail_location = maildir:" + dir +
                    "/mail/%u\npassdb {\n  driver = static\n  args = nopassword=y\n}\n"
                    "userdb {\n  driver = static\n  args = uid=65534 gid=65534 home=/nonexistent\n}\n"
                    "service imap-login {\n  inet_listener imap {\n    port = " +
                    std::to_string(imap) +
                    "\n  }\n  inet_listener imaps {\n    port = " + std::to_string(imaps) +
                    "\n    ssl = yes\n  }\n}\nssl = yes\nssl_min_protocol = TLSv1.2\n";
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
  TRY(auto directory, server_directory());
  const std::string dir = directory->path().string();
  const std::uint16_t imap = free_port(), imaps = free_port();
  const std::string file = dir + "/dovecot.conf";
  CHECK_OK(write_file_atomic(file, view_bytes(config(dir, imap, imaps, options)), 0644));
  TlsServer::Plan plan;
  plan.command = {kProgram, "-F", "-c", file};
  plan.ports = {imap, imaps};
  plan.targets = {"imap+starttls://127.0.0.1:" + std::to_string(imap),
                  "imaps://127.0.0.1:" + std::to_string(imaps)};
  plan.check = {"/usr/bin/doveconf", "-c", file, "-h", "ssl_cert"};
  plan.reload = {kProgram, "-c", file, "reload"};
  return TlsServer::start(std::move(directory), std::move(plan));
}

}  // namespace certstead
