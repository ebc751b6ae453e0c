#include "base/encoding.h"
#include "crypto/random.h"
#include "lab/free_port.h"
#include "peers/dns_peer.h"

namespace certstead {

Result<DnsPeer> DnsPeer::start_powerdns(const DnsPeerOptions& options) {
  if (options.primary) return invalid("PowerDNS is started as a primary only");
  TRY(DnsPeer peer, prepare(options));
  TRY(const std::vector<std::uint16_t> ports, free_ports(1));
  const std::string api_port = std::to_string(ports[0]);
  peer.api_url_ = "http://127.0.0.1:" + api_port;
  peer.api_key_ = hex_encode(random_bytes(16));
  CHECK_OK(peer.write(
      "pdns.conf",
      "launch=gsqlite3\ngsqlite3-database=" + peer.file("pdns.db") +
          "\nlocal-address=127.0.0.1\nlocal-port=" + peer.port() + "\nsocket-dir=" +
          peer.directory().string() + "\ndaemon=no\nguardian=no\napi=yes\napi-key=" + peer.api_key_ +
          "\nwebserver=yes\nwebserver-address=127.0.0.1\nwebserver-port=" + api_port +
          "\nwebserver-allow-from=127.0.0.0/8\ndnsupdate=yes\nallow-dnsupdate-from=127.0.0.0/8\ncache-ttl=0\n"
          "query-cache-ttl=0\nnegquery-cache-ttl=0\nzone-cache-refresh-interval=0\nreceiver-threads=1\n"
          "distributor-threads=2\nsecurity-poll-suffix=\n"));
  CHECK_OK(
      peer.run_tool("python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(open("
                    "sys.argv[2]).read())' " +
                    peer.file("pdns.db") + " /usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"));
  const std::string tool = "/usr/bin/pdnsutil --config-dir=" + peer.directory().string() + " ";
  const DnsPeerKey& key = peer.key_;
  CHECK_OK(peer.run_tool(tool + "import-tsig-key " + key.name + " " + key.algorithm + " " + key.secret));
  for (const DnsPeerZone& zone : options.zones) {
    CHECK_OK(peer.run_tool(tool + "load-zone " + zone.apex + " " + peer.file(zone.apex + ".zone")));
    CHECK_OK(peer.run_tool(tool + "set-meta " + zone.apex + " TSIG-ALLOW-DNSUPDATE " + key.name));
  }
  CHECK_OK(peer.run({"/usr/sbin/pdns_server", "--config-dir=" + peer.directory().string()}));
  CHECK_OK(peer.wait_until_served(options));
  return peer;
}

}  // namespace certstead
