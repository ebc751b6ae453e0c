#include "deploy/proof.h"

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "probe/target.h"

namespace certstead {
namespace {

constexpr Duration kPause = std::chrono::milliseconds{300};
constexpr Duration kHandshake = std::chrono::seconds{10};

ServedCertificate look(const std::string& target, const DeployCredential& credential) {
  const KeyKind kind = kind_of(credential.type());
  ServedCertificate out{target, std::string(key_kind_name(kind)), "", credential.leaf.serial(), ""};
  auto request = parse_target(target);
  if (!request) {
    out.problem = request.error().detail;
    return out;
  }
  if (request->server_name.empty()) {
    for (const std::string& name : credential.names) {
      if (!name.starts_with("*.")) request->server_name = name;
      if (!request->server_name.empty()) break;
    }
  }
  request->key = kind == KeyKind::kRsa ? ProbeKey::kRsa : ProbeKey::kEcdsa;
  request->deadline = Deadline::after(kHandshake);
  const auto report = probe(*request);
  if (!report) {
    out.problem = report.error().detail;
    return out;
  }
  out.serial = report->leaf.serial();
  if (report->leaf.fingerprint() != credential.leaf.fingerprint()) {
    out.problem = "it shows serial " + out.serial + " (expires " + to_rfc3339(report->leaf.not_after()) +
                  "), not " + out.expected;
  }
  return out;
}

}  // namespace

std::vector<ServedCertificate> prove(const Deployment& deployment,
                                     const std::vector<const DeployCredential*>& credentials,
                                     Duration within) {
  std::vector<ServedCertificate> out;
  const Deadline deadline = Deadline::after(within);
  for (const std::string& target : deployment.proofs) {
    for (const DeployCredential* credential : credentials) {
      ServedCertificate seen = look(target, *credential);
      while (!seen.problem.empty() && !deadline.passed()) {
        std::this_thread::sleep_for(std::min(kPause, deadline.left()));
        seen = look(target, *credential);
      }
      out.push_back(std::move(seen));
    }
  }
  return out;
}

bool all_served(const std::vector<ServedCertificate>& served) {
  return std::ranges::all_of(served, [](const ServedCertificate& one) { return one.problem.empty(); });
}

std::string what_is_not_served(const std::vector<ServedCertificate>& served) {
  std::vector<std::string> parts;
  for (const ServedCertificate& one : served) {
    if (!one.problem.empty()) parts.push_back(one.target + " (" + one.kind + "): " + one.problem);
  }
  return join(parts, "; ");
}

}  // namespace certstead
