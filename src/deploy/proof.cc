#include "deploy/proof.h"

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "probe/served_prober.h"

namespace certstead {
namespace {

constexpr Duration kPause = std::chrono::milliseconds{300};
constexpr Duration kHandshake = std::chrono::seconds{10};

ServedCertificate look(const std::string& target, const DeployCredential& credential) {
  ServedQuestion question;
  question.target = target;
  question.names = credential.names;
  question.rsa = kind_of(credential.type()) == KeyKind::kRsa;
  question.serial = credential.leaf.serial();
  question.fingerprint = credential.leaf.fingerprint();
  return ServedProber().look(question, Deadline::after(kHandshake));
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
