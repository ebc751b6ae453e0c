#include "resolver/dns_resolvers.h"

#include "base/text.h"

namespace certstead {
namespace {

bool is_answer(const DnsMessage& reply) {
  return reply.rcode == DnsRcode::kNoError || reply.rcode == DnsRcode::kNxDomain;
}

}  // namespace

Result<DnsMessage> DnsResolvers::ask_one(const DnsServer& server, const DnsName& name, DnsType type,
                                         Deadline deadline) const {
  return client_.ask(server, {name, type, DnsClass::kIn}, true, deadline.earlier(patience_));
}

Result<DnsMessage> DnsResolvers::ask(const DnsName& name, DnsType type, Deadline deadline) const {
  std::optional<DnsMessage> failure;
  std::vector<std::string> silent;
  const std::size_t first = first_;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const std::size_t at = (first + i) % servers_.size();
    auto reply = ask_one(servers_[at], name, type, deadline);
    if (reply && is_answer(*reply)) {
      first_ = at;
      return std::move(*reply);
    }
    if (reply) failure = std::move(*reply);
    if (!reply) silent.push_back(reply.error().detail);
  }
  if (failure) return std::move(*failure);
  return unavailable("no DNS resolver of this host answers about " + name.text() + " (" + join(silent, "; ") +
                         "); name one that does in the settings",
                     "dns-no-resolver");
}

}  // namespace certstead
