#include "resolver/zone_walk.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "crypto/random.h"

namespace certstead {
namespace {

constexpr std::size_t kMostAliases = 8, kMostAsked = 4;
constexpr std::chrono::milliseconds kAliasPatience{1500};

std::vector<DnsServer> resolvers_of_host() {
  const auto text = read_text_file("/etc/resolv.conf", 1U << 16);
  return parse_resolv_conf(text ? *text : std::string());
}

ResolverSettings with_resolvers(ResolverSettings settings) {
  if (settings.resolvers.empty()) settings.resolvers = resolvers_of_host();
  return settings;
}

bool is_answer(const DnsMessage& reply) {
  return reply.rcode == DnsRcode::kNoError || reply.rcode == DnsRcode::kNxDomain;
}

Error loop(const std::vector<DnsName>& passed, const DnsName& last) {
  std::vector<std::string> names;
  names.reserve(passed.size() + 1);
  for (const DnsName& name : passed) names.push_back(name.text());
  names.push_back(last.text());
  const bool around = std::ranges::find(passed, last) != passed.end();
  return invalid((around ? "these CNAME or DNAME records lead round in a circle: "
                         : "more than 8 CNAME or DNAME records follow one another: ") +
                     join(names, " -> ") + "; shorten the chain",
                 "dns-alias-loop");
}

}  // namespace

ZoneWalk::ZoneWalk(ResolverSettings settings)
    : settings_(with_resolvers(std::move(settings))),
      resolvers_(settings_.resolvers, settings_.patience),
      servers_(settings_, resolvers_) {}

Result<ZoneWalk::Zone> ZoneWalk::find_zone(const DnsName& name, Deadline deadline) const {
  Zone zone;
  std::string failure;
  for (DnsName here = name; !here.is_root(); here = here.parent()) {
    TRY(const DnsMessage reply, resolvers_.ask(here, DnsType::kSoa, deadline));
    const auto alias = alias_of(reply, here);
    if (here == name) zone.alias = alias;
    if (!is_answer(reply)) {
      failure = rcode_name(reply.rcode) + " for " + here.text();
    } else if (!alias) {  // with one, what it says of a zone is about the target's
      const auto apex = apex_in(reply, here);
      if (apex && apex->is_root()) break;
      if (apex) {
        zone.apex = *apex;
        return zone;
      }
    }
  }
  if (!failure.empty())
    return unavailable(
        "the DNS resolver answers " + failure + ", so the zone of " + name.text() + " is not known",
        "dns-failure");
  return not_found("the DNS has no zone for " + name.text() + "; is the domain registered and delegated?",
                   "dns-no-zone");
}

std::optional<DnsName> ZoneWalk::find_alias(const DnsName& name, const Zone& zone, Deadline deadline) const {
  if (name == zone.apex) return std::nullopt;  // RFC 1034 section 3.6.2: no alias beside the SOA
  const auto servers = servers_.of(zone.apex, deadline);
  if (!servers) return zone.alias;
  const std::size_t first = random_bytes(1)[0];
  for (std::size_t i = 0; i < std::min(servers->size(), kMostAsked); ++i) {
    const ZoneServer& server = (*servers)[(first + i) % servers->size()];
    const auto reply = servers_.ask(server, name, DnsType::kTxt, deadline.earlier(kAliasPatience));
    if (!authority_problem(reply, zone.apex).empty()) continue;
    auto alias = alias_of(*reply, name);
    if (alias && is_from_wildcard(name, *alias, zone.apex, server, deadline)) alias.reset();
    return alias;
  }
  return zone.alias;
}

bool ZoneWalk::is_from_wildcard(const DnsName& name, const DnsName& alias, const DnsName& apex,
                                const ZoneServer& server, Deadline deadline) const {
  for (DnsName here = name; here != apex && here.is_within(apex);) {
    here = here.parent();
    const auto star = here.wildcard();
    if (!star || *star == name) continue;
    const auto reply = servers_.ask(server, *star, DnsType::kCname, deadline.earlier(kAliasPatience));
    if (reply && alias_of(*reply, *star) == alias) return true;
  }
  return false;
}

Result<DnsPlace> ZoneWalk::locate(std::string_view name, Deadline deadline) {
  TRY(DnsName here, DnsName::parse(name));
  std::vector<DnsName> passed;
  for (;;) {
    TRY(const Zone zone, find_zone(here, deadline));
    const auto alias = find_alias(here, zone, deadline);
    if (!alias) {
      DnsPlace place{here.text(), zone.apex.text(), {}};
      for (const DnsName& one : passed) place.aliases.push_back(one.text());
      return place;
    }
    passed.push_back(here);
    if (passed.size() > kMostAliases || std::ranges::find(passed, *alias) != passed.end())
      return loop(passed, *alias);
    here = *alias;
  }
}

}  // namespace certstead
