#include "base/text.h"
#include "peers/dns_peer.h"

namespace certstead {
namespace {

std::string zone_clause(const DnsPeerZone& zone, bool copy) {
  return "  - domain: " + zone.apex + "\n    file: " + zone.apex + ".zone\n    acl: change\n" +
         (copy ? "    master: primary\n" : "");
}

std::string owners(const std::vector<DnsPeerZone>& zones) {
  std::vector<std::string> names;
  for (const DnsPeerZone& zone : zones)
    names.insert(names.end(), zone.update_policy.begin(), zone.update_policy.end());
  if (names.empty()) return {};
  return "    update-owner: name\n    update-owner-match: equal\n    update-owner-name: [" +
         join(names, ", ") + "]\n";
}

}  // namespace

Result<DnsPeer> DnsPeer::start_knot(const DnsPeerOptions& options) {
  TRY(DnsPeer peer, prepare(options));
  const DnsPeerKey& key = peer.key_;
  const std::string directory = peer.directory().string();
  std::string config = "server:\n    rundir: \"" + directory + "\"\n    listen: 127.0.0.1@" + peer.port() +
                       "\n    udp-workers: 1\n    tcp-workers: 2\n    background-workers: 1\n"
                       "log:\n  - target: stderr\n    any: info\ndatabase:\n    storage: \"" +
                       directory + "\"\n    journal-db-max-size: 20M\nkey:\n  - id: " + key.name +
                       "\n    algorithm: " + key.algorithm + "\n    secret: " + key.secret +
                       "\nacl:\n  - id: change\n    key: " + key.name +
                       "\n    action: [update, transfer]\n    update-type: TXT\n" + owners(options.zones);
  if (options.primary)
    config += "remote:\n  - id: primary\n    address: " + options.primary->address.text() + "@" +
              std::to_string(options.primary->port) + "\n    key: " + key.name + "\n";
  config += "template:\n  - id: default\n    storage: \"" + directory + "\"\nzone:\n";
  for (const DnsPeerZone& zone : options.zones) config += zone_clause(zone, options.primary.has_value());
  CHECK_OK(peer.write("knot.conf", config));
  peer.catch_up_ = {"/usr/sbin/knotc", "-c", peer.file("knot.conf"), "zone-retransfer"};
  CHECK_OK(peer.run({"/usr/sbin/knotd", "-c", peer.file("knot.conf")}));
  CHECK_OK(peer.wait_until_served(options));
  return peer;
}

}  // namespace certstead
