#include "peers/dns_peer.h"

namespace certstead {

Result<DnsPeer> DnsPeer::start_nsd(const DnsPeerOptions& options) {
  TRY(DnsPeer peer, prepare(options));
  const std::string directory = peer.directory().string();
  const DnsPeerKey& key = peer.key_;
  std::string config = "server:\n  ip-address: 127.0.0.1@" + peer.port() +
                       "\n  username: \"\"\n  database: \"\"\n  server-count: 1\n  zonesdir: \"" + directory +
                       "\"\n  pidfile: \"" + peer.file("nsd.pid") + "\"\n  xfrdfile: \"" +
                       peer.file("xfrd.state") + "\"\n  zonelistfile: \"" + peer.file("zone.list") +
                       "\"\n  xfrdir: \"" + directory +
                       "\"\nremote-control:\n  control-enable: yes\n  control-interface: \"" +
                       peer.file("nsd.ctl") + "\"\nkey:\n  name: " + key.name +
                       "\n  algorithm: " + key.algorithm + "\n  secret: \"" + key.secret + "\"\n";
  for (const DnsPeerZone& zone : options.zones) {
    config += "zone:\n  name: " + zone.apex + "\n  zonefile: " + zone.apex + ".zone\n";
    if (options.primary)
      config += "  request-xfr: AXFR " + options.primary->address.text() + "@" +
                std::to_string(options.primary->port) + " " + key.name + "\n";
  }
  CHECK_OK(peer.write("nsd.conf", config));
  if (options.primary)
    peer.catch_up_ = {"/usr/sbin/nsd-control", "-c", peer.file("nsd.conf"), "force_transfer"};
  CHECK_OK(peer.run({"/usr/sbin/nsd", "-d", "-c", peer.file("nsd.conf")}));
  CHECK_OK(peer.wait_until_served(options));
  return peer;
}

}  // namespace certstead
