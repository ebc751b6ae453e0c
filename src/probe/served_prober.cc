#include "probe/served_prober.h"

#include "probe/target.h"

namespace certstead {

ServedCertificate ServedProber::look(const ServedQuestion& question, Deadline deadline) {
  ServedCertificate out{question.target, question.rsa ? "rsa" : "ecdsa", "", question.serial, ""};
  auto request = parse_target(question.target);
  if (!request) {
    out.problem = request.error().detail;
    return out;
  }
  if (!question.server_name.empty()) request->server_name = question.server_name;
  if (request->server_name.empty()) request->server_name = host_under(question.names);
  request->key = question.rsa ? ProbeKey::kRsa : ProbeKey::kEcdsa;
  request->deadline = deadline;
  const auto report = probe(*request);
  if (!report) {
    out.problem = report.error().detail;
    return out;
  }
  out.serial = report->leaf.serial();
  if (report->leaf.fingerprint() != question.fingerprint) {
    out.problem = "it shows serial " + out.serial + " (expires " + to_rfc3339(report->leaf.not_after()) +
                  "), not " + out.expected;
  }
  return out;
}

}  // namespace certstead
