// What a CA finds that looks for CAA records (RFC 8659 section 3).
#pragma once

#include "model/dns_provider.h"

namespace certstead {

// One name on the way up.
struct CaaStep {
  std::string name;
  std::string place;  // where its records stand: the name itself, or what its alias leads to
  std::string zone;
  std::vector<DnsServerRecords> servers;
  std::string problem;  // why nothing is known; a CA would refuse then. "" if servers were asked
};

// Looks at `name` ("*." before it is left out) and the names above it, up to the first one where any server
// shows CAA records: that is the last step, or there are none and any CA may issue. Errors as of
// DnsNames::locate for `name` itself.
Result<std::vector<CaaStep>> climb_to_caa(DnsNames& names, std::string_view name, DnsPropagationMode mode,
                                          Deadline deadline);

}  // namespace certstead
