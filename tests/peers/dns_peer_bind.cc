#include "base/text.h"
#include "peers/dns_peer.h"

namespace certstead {
namespace {

std::string zone_clause(const DnsPeerZone& zone, const DnsPeerKey& key) {
  std::vector<std::string> rules = zone.update_policy;
  if (rules.empty()) rules.emplace_back("zonesub TXT");
  std::string out =
      "zone \"" + zone.apex + "\" { type primary; file \"" + zone.apex + ".zone\"; update-policy {";
  for (const std::string& rule : rules) out += " grant " + key.name + ". " + rule + ";";
  return out + " }; };\n";
}

}  // namespace

Result<DnsPeer> DnsPeer::start_bind(const DnsPeerOptions& options) {
  if (options.primary) return invalid("BIND is started as a primary only");
  TRY(DnsPeer peer, prepare(options));
  const DnsPeerKey& key = peer.key_;
  std::string config =
      "key \"" + key.name + "\" { algorithm " + key.algorithm + "; secret \"" + key.secret +
      "\"; };\noptions { directory \"" + peer.directory().string() + "\"; listen-on port " + peer.port() +
      " { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none; lock-file none; session-keyfile \"" +
      peer.file("session.key") + "\"; managed-keys-directory \"" + peer.directory().string() +
      "\"; recursion " + (options.recursion ? "yes" : "no") +
      "; dnssec-validation no; empty-zones-enable no; notify no; "
      "allow-transfer { key " +
      key.name + "; }; };\ncontrols { };\n";
  for (const DnsPeerZone& zone : options.zones) config += zone_clause(zone, key);
  CHECK_OK(peer.write("named.conf", config));
  CHECK_OK(peer.run({"/usr/sbin/named", "-g", "-4", "-n", "2", "-c", peer.file("named.conf")}));
  CHECK_OK(peer.wait_until_served(options));
  return peer;
}

}  // namespace certstead
