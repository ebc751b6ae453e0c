#include "peers/dns_peer.h"

#include <unistd.h>

#include <map>
#include <thread>

#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/random.h"
#include "lab/free_port.h"
#include "resolver/dns_client.h"
#include "support/command.h"

namespace certstead {
namespace {

std::string zone_text(const DnsPeerZone& zone) {
  std::vector<std::string> servers = zone.servers;
  if (servers.empty()) servers.push_back("ns1." + zone.apex);
  std::string out = "$ORIGIN " + zone.apex + ".\n$TTL 60\n@ IN SOA " + servers.front() +
                    ". hostmaster 1 86400 86400 604800 60\n";
  for (const std::string& server : servers) {
    out += "@ IN NS " + server + ".\n";
    if (server.ends_with("." + zone.apex)) out += server + ". IN A 127.0.0.1\n";
  }
  for (const std::string& record : zone.records) out += record + '\n';
  return out;
}

}  // namespace

std::string DnsPeer::missing(const std::string& program) {
  static const std::map<std::string, std::string> kPackages = {
      {"named", "bind9"}, {"knotd", "knot"}, {"pdns_server", "pdns-server"}, {"nsd", "nsd"}};
  return access(("/usr/sbin/" + program).c_str(), X_OK) == 0 ? "" : kPackages.at(program);
}

Result<DnsPeer> DnsPeer::prepare(const DnsPeerOptions& options) {
  DnsPeer peer;
  peer.directory_ = std::make_unique<TempDir>();
  give_to_nobody(peer.directory());
  TRY(const std::vector<std::uint16_t> ports, free_ports(1));
  peer.at_ = {*IpAddress::parse("127.0.0.1"), ports[0]};
  peer.key_ = options.key;
  if (peer.key_.secret.empty()) peer.key_.secret = base64_encode(random_bytes(32));
  if (options.primary) return peer;
  for (const DnsPeerZone& zone : options.zones) CHECK_OK(peer.write(zone.apex + ".zone", zone_text(zone)));
  return peer;
}

Status DnsPeer::write(const std::string& name, const std::string& content) const {
  return write_file_atomic(file(name), view_bytes(content), 0644);
}

Status DnsPeer::run(std::vector<std::string> command) {
  Process::Spec spec;
  spec.command = std::move(command);
  spec.output = file("output");
  spec.unprivileged = true;
  TRY(process_, Process::start(spec));
  return Done{};
}

Status DnsPeer::run_tool(const std::string& line) const {
  const CommandEnd end = run_command(as_nobody() + line);
  if (end.exit != 0) return unavailable(line + " ends with " + std::to_string(end.exit) + ": " + end.output);
  return Done{};
}

Status DnsPeer::wait_until_served(const DnsPeerOptions& options) {
  const Deadline deadline = Deadline::after(std::chrono::seconds{60});
  const DnsClient client(EgressPolicy::anywhere());
  for (const DnsPeerZone& zone : options.zones) {
    TRY(const DnsName apex, DnsName::parse(zone.apex));
    for (;;) {
      const auto reply =
          client.ask(at_, {apex, DnsType::kSoa}, false, deadline.earlier(std::chrono::seconds{2}));
      if (reply && reply->authoritative && !reply->answers.empty()) break;
      if (deadline.passed() || !process_->running())
        return unavailable("the DNS server does not serve " + zone.apex + ": " + output());
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  }
  return Done{};
}

Status DnsPeer::catch_up(const std::string& apex) {
  if (catch_up_.empty()) return invalid("this DNS server is no secondary");
  return run_tool(join(catch_up_, " ") + " " + apex);
}

std::string DnsPeer::dig(const std::string& name, const std::string& type) const {
  return run_command("dig +short +norecurse @127.0.0.1 -p " + port() + " " + name + " " + type).output;
}

std::string DnsPeer::output() const {
  const auto text = read_text_file(file("output"));
  if (!text) return text.error().detail;
  return text->substr(text->size() > 4000 ? text->size() - 4000 : 0);
}

}  // namespace certstead
