#include "ca/request_rules.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/key_strength.h"
#include "model/domain_name.h"

namespace certstead {
namespace {

Result<std::vector<std::string>> check_names(const std::vector<std::string>& asked) {
  if (asked.empty()) {
    return invalid(
        "the request asks for no DNS name: put the names into its subjectAltName; a common name alone is not "
        "taken",
        "csr-names");
  }
  std::vector<std::string> names;
  for (const std::string& text : asked) {
    const auto name = HostPattern::parse(text);
    if (!name || name->ascii() != text) {
      return invalid("the request asks for \"" + printable(text, 100) + "\", which is no DNS name" +
                         (name ? std::string("; write it as ") + name->ascii() : ": " + name.error().detail),
                     "csr-names");
    }
    if (std::ranges::find(names, text) == names.end()) names.push_back(text);
  }
  if (names.size() > kMaxLeafNames) {
    return invalid("the request asks for " + std::to_string(names.size()) + " names, and at most " +
                       std::to_string(kMaxLeafNames) + " are signed; make several of it",
                   "csr-names");
  }
  return names;
}

}  // namespace

Result<AcceptedRequest> accept_request(BytesView csr, const std::vector<DnsConstraints>& constraints) {
  TRY(CsrFacts facts, read_csr(csr));
  if (facts.asks_for_ca)
    return invalid("the request asks for a CA certificate; only leaves are signed here", "csr-wants-ca");
  CHECK_OK(check_key_strength(facts.public_key));
  TRY(std::vector<std::string> names, check_names(facts.dns_names));
  for (const std::string& name : names) {
    for (const DnsConstraints& one : constraints) {
      if (one.allow(name)) continue;
      return invalid(
          "this CA may not sign for " + printable(name, 100) +
              (one.limited ? "; it is limited to " + printable(join(one.permitted, ", "), 200) : ""),
          "name-not-permitted");
    }
  }
  return AcceptedRequest{std::move(names), std::move(facts.public_key)};
}

}  // namespace certstead
