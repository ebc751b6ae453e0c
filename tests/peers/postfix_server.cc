#include "peers/postfix_server.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "peers/process.h"
#include "support/command.h"

namespace certstead {
namespace {

constexpr const char* kProgram = "/usr/sbin/postfix";

std::string main_cf(const std::string& dir, const TlsServerOptions& options, const std::string& level) {
  std::vector<std::string> files;
  for (const TlsPair& pair : options.pairs) {
    // The key first; where both lie in one file it is named once.
    if (pair.key != pair.certificate) files.push_back(pair.key);
    files.push_back(pair.certificate);
  }
  std::string out = "compatibility_level = 3.6\nqueue_directory = " + dir +
                    "/spool\ndata_directory = " + dir +
                    "/lib\nmail_owner = postfix\nsetgid_group = postdrop\ncommand_directory = /usr/sbin\n"
                    "daemon_directory = /usr/lib/postfix/sbin\nmyhostname = localhost\nmydestination =\n"
                    "inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nalias_maps =\nalias_database =\n"
                    "maillog_file = /dev/stdout\nmaillog_file_prefixes = /dev\n"
                    "smtpd_relay_restrictions = reject_unauth_destination\nsmtpd_tls_security_level = " +
                    level +
                    "\n"
                    "smtpd_tls_chain_files = " +
                    join(files, ", ") + "\n";
  if (!options.environment.empty()) {
    out += "import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ";
    for (const std::string& variable : options.environment) out += " " + variable;
    out += "\n";
  }
  return out + options.more + "\n";
}

std::string master_cf(std::uint16_t smtp, std::uint16_t smtps) {
  return "127.0.0.1:" + std::to_string(smtp) + " inet n - n - - smtpd\n127.0.0.1:" + std::to_string(smtps) +
         " inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n"
         "cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n"
         "tlsmgr unix - - n 1000? 1 tlsmgr\npostlog unix-dgram n - n - 1 postlogd\n"
         "proxymap unix - - n - - proxymap\nbounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce\n"
         "trace unix - - n - 0 bounce\nrewrite unix - - n - - trivial-rewrite\nanvil unix - - n - 1 anvil\n"
         "error unix - - n - - error\nretry unix - - n - - error\n"
         "virtual unix - n n - - virtual\n";
}

// The directory of mail belongs to nobody.
std::string mailbox(const std::string& dir) {
  return "virtual_mailbox_domains = example.test\nvirtual_mailbox_base = " + dir +
         "/mail\nvirtual_mailbox_maps = static:inbox\nvirtual_uid_maps = static:65534\n"
         "virtual_gid_maps = static:65534\nvirtual_minimum_uid = 1\n";
}

Status make_directories(const std::string& dir) {
  const passwd* const owner = ::getpwnam("postfix");
  if (owner == nullptr) return not_found("there is no user postfix (package postfix)");
  for (const char* const part : {"/conf", "/spool", "/lib", "/mail"}) ::mkdir((dir + part).c_str(), 0755);
  if (::chown((dir + "/lib").c_str(), owner->pw_uid, owner->pw_gid) != 0)
    return unavailable("can't give " + dir + "/lib to postfix");
  give_to_nobody(dir + "/mail");
  return Done{};
}

enum class Role { kServer, kMailbox };

Result<std::unique_ptr<TlsServer>> start(const TlsServerOptions& options, Role role) {
  CHECK_OK(need_server(kProgram, "postfix", true));
  TRY(auto directory, server_directory());
  const std::string dir = directory->path().string();
  CHECK_OK(make_directories(dir));
  const std::uint16_t smtp = free_port(), smtps = free_port();
  const bool keeps_mail = role == Role::kMailbox;
  const std::string settings =
      main_cf(dir, options, keeps_mail ? "encrypt" : "may") + (keeps_mail ? mailbox(dir) : "");
  CHECK_OK(write_file_atomic(dir + "/conf/main.cf", view_bytes(settings), 0644));
  CHECK_OK(write_file_atomic(dir + "/conf/master.cf", view_bytes(master_cf(smtp, smtps)), 0644));
  TlsServer::Plan plan;
  plan.command = {kProgram, "-c", dir + "/conf", "start-fg"};
  plan.ports = {smtp, smtps};
  plan.targets = {"smtp+starttls://127.0.0.1:" + std::to_string(smtp),
                  "smtps://127.0.0.1:" + std::to_string(smtps)};
  plan.check = {kProgram, "-c", dir + "/conf", "check"};
  plan.reload = {kProgram, "-c", dir + "/conf", "reload"};
  plan.stop = {kProgram, "-c", dir + "/conf", "stop"};
  return TlsServer::start(std::move(directory), std::move(plan));
}

}  // namespace

Result<std::unique_ptr<TlsServer>> start_postfix(const TlsServerOptions& options) {
  return start(options, Role::kServer);
}

Result<std::unique_ptr<TlsServer>> start_postfix_mailbox(const TlsServerOptions& options) {
  return start(options, Role::kMailbox);
}

std::string mail_in(const TlsServer& mailbox) {
  return read_text_file(mailbox.directory() / "mail" / "inbox").value_or("");
}

}  // namespace certstead
