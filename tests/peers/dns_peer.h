// Other people's DNS servers on the loopback: BIND, Knot, PowerDNS, NSD.
#pragma once

#include <csignal>
#include <memory>
#include <optional>

#include "base/temp_dir.h"
#include "peers/process.h"
#include "resolver/dns_server.h"

namespace certstead {

struct DnsPeerZone {
  std::string apex;                       // "example.test"
  std::vector<std::string> servers = {};  // "ns1.example.test"; none: "ns1." before the apex
  std::vector<std::string> records = {};  // lines of a zone file: "www.example.test. IN CNAME a.test."
  std::vector<std::string> update_policy = {};
  // What the key may change: BIND's lines after "grant KEY", Knot's owner names; none: TXT in the whole zone.
};

// The TSIG key that may change the zones, and transfer them.
struct DnsPeerKey {
  std::string name = "upd";
  std::string algorithm = "hmac-sha256";
  std::string secret = {};  // base64; "": a new one
};

struct DnsPeerOptions {
  std::vector<DnsPeerZone> zones;
  DnsPeerKey key = {};
  // BIND follows aliases from one of its zones into another, as a CA's resolver does.
  bool recursion = false;
  // Not empty: the zones are copies of those at this server, which has the same key. Nobody tells the copy
  // of changes; it asks when catch_up() has it do so.
  std::optional<DnsServer> primary = {};
};

// A running one; ends with the object.
class DnsPeer {
 public:
  // The Debian package that has to be installed for `program` (named, knotd, pdns_server, nsd); "" if it is.
  static std::string missing(const std::string& program);
  // Each runs as nobody where the test runs as root, and is awaited until it serves all zones.
  // Changed by DNS updates, signed. No secondary.
  static Result<DnsPeer> start_bind(const DnsPeerOptions& options);
  // The same, or a secondary.
  static Result<DnsPeer> start_knot(const DnsPeerOptions& options);
  // With its HTTP interface, and changes by DNS as well. No secondary.
  static Result<DnsPeer> start_powerdns(const DnsPeerOptions& options);
  // A secondary, or static.
  static Result<DnsPeer> start_nsd(const DnsPeerOptions& options);

  const DnsServer& at() const { return at_; }
  const DnsPeerKey& key() const { return key_; }
  const std::filesystem::path& directory() const { return directory_->path(); }
  // PowerDNS: "http://127.0.0.1:PORT" and its key.
  const std::string& api_url() const { return api_url_; }
  const std::string& api_key() const { return api_key_; }
  // Of a secondary: transfers the zone now. Done when it is asked, not when it is there.
  Status catch_up(const std::string& apex);
  // Records of a name and type that it serves, as `dig +short` writes them, one a line.
  std::string dig(const std::string& name, const std::string& type) const;
  pid_t pid() const { return process_->pid(); }
  // The latter part of what it printed, for a failing test.
  std::string output() const;
  void stop() { process_->stop(); }
  // Silent from now on. Not for NSD, which is several processes.
  void pause() const { process_->signal(SIGSTOP); }

 private:
  static Result<DnsPeer> prepare(const DnsPeerOptions& options);
  Status write(const std::string& name, const std::string& content) const;
  Status run(std::vector<std::string> command);
  Status run_tool(const std::string& line) const;
  Status wait_until_served(const DnsPeerOptions& options);
  std::string file(const std::string& name) const { return (directory_->path() / name).string(); }
  std::string port() const { return std::to_string(at_.port); }

  std::unique_ptr<TempDir> directory_;
  DnsServer at_;
  DnsPeerKey key_;
  std::string api_url_, api_key_;
  std::vector<std::string> catch_up_;  // the command, to which the zone is added
  std::optional<Process> process_;
};

}  // namespace certstead
