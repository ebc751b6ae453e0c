#include "resolver/zone_servers.h"

#include <algorithm>
#include <iterator>

#include "base/parallel.h"

namespace certstead {

std::string ZoneServer::text() const { return at ? name + ' ' + at->text() : name; }

Result<std::vector<ZoneServer>> ZoneServers::of(const DnsName& zone, Deadline deadline) const {
  TRY(const DnsMessage reply, resolvers_.ask(zone, DnsType::kNs, deadline));
  std::vector<DnsName> names;
  for (const DnsRecord& record : reply.answers)
    if (record.name == zone && record.type == DnsType::kNs)
      if (const auto* const name = std::get_if<DnsName>(&record.data)) names.push_back(*name);
  if (names.empty())
    return unavailable("nobody knows the DNS servers of the zone " + zone.text() + " (" +
                           rcode_name(reply.rcode) + "); is it delegated?",
                       "dns-no-servers");
  std::vector<std::vector<ZoneServer>> found(names.size());
  for_each_concurrently(names.size(), settings_.at_once,
                        [&](std::size_t i) { found[i] = places(names[i], deadline); });
  std::vector<ZoneServer> out;
  for (std::vector<ZoneServer>& some : found) std::ranges::move(some, std::back_inserter(out));
  return out;
}

std::vector<ZoneServer> ZoneServers::places(const DnsName& server, Deadline deadline) const {
  if (const auto chosen = settings_.elsewhere.find(server.text()); chosen != settings_.elsewhere.end())
    return {{server.text(), chosen->second, true, {}}};
  std::vector<ZoneServer> v4, v6;
  for_each_concurrently(2, 2, [&](std::size_t i) {
    if (i == 0 && settings_.families != IpFamilies::kV6) add_addresses(server, DnsType::kA, deadline, v4);
    if (i == 1 && settings_.families != IpFamilies::kV4) add_addresses(server, DnsType::kAaaa, deadline, v6);
  });
  std::vector<ZoneServer> out;
  for (std::vector<ZoneServer>* some : {&v4, &v6})
    std::ranges::copy_if(*some, std::back_inserter(out),
                         [](const ZoneServer& one) { return one.at.has_value(); });
  if (!out.empty()) return out;
  for (const std::vector<ZoneServer>* some : {&v4, &v6})
    if (!some->empty()) return {some->front()};
  return {{server.text(), std::nullopt, false, "it has no address of the family that may be used"}};
}

void ZoneServers::add_addresses(const DnsName& server, DnsType type, Deadline deadline,
                                std::vector<ZoneServer>& out) const {
  const auto reply = resolvers_.ask(server, type, deadline);
  if (!reply) {
    out.push_back({server.text(), std::nullopt, false, reply.error().detail});
    return;
  }
  // The resolver has followed aliases, so that any address in the answer is one of this server.
  for (const DnsRecord& record : reply->answers) {
    const auto* const address = std::get_if<IpAddress>(&record.data);
    if (address == nullptr || record.type != type) continue;
    const auto chosen = settings_.elsewhere.find(address->text());
    const bool is_chosen = chosen != settings_.elsewhere.end();
    out.push_back({server.text(), is_chosen ? chosen->second : DnsServer{*address, 53}, is_chosen, {}});
  }
  if (!out.empty() || (reply->rcode == DnsRcode::kNoError && type == DnsType::kAaaa)) return;
  const std::string why = reply->rcode == DnsRcode::kNoError ? "" : " (" + rcode_name(reply->rcode) + ")";
  out.push_back({server.text(), std::nullopt, false, "the DNS has no address for it" + why});
}

Result<DnsMessage> ZoneServers::ask(const ZoneServer& server, const DnsName& name, DnsType type,
                                    Deadline deadline) const {
  if (!server.at) return unavailable(server.problem, "dns-no-address");
  const DnsClient& client = server.chosen ? chosen_client_ : found_client_;
  return client.ask(*server.at, {name, type, DnsClass::kIn}, false, deadline.earlier(settings_.patience));
}

std::string authority_problem(const Result<DnsMessage>& reply, const DnsName& zone) {
  if (!reply) return reply.error().detail;
  if (reply->rcode != DnsRcode::kNoError && reply->rcode != DnsRcode::kNxDomain)
    return "it answers " + rcode_name(reply->rcode) + " for " + zone.text() + "; is the zone loaded there?";
  if (!reply->authoritative) return "it is not authoritative for " + zone.text();
  return {};
}

std::optional<DnsName> alias_of(const DnsMessage& reply, const DnsName& name) {
  std::optional<DnsName> moved;
  for (const DnsRecord& record : reply.answers) {
    const auto* const target = std::get_if<DnsName>(&record.data);
    if (target == nullptr) continue;
    if (record.type == DnsType::kCname && record.name == name) return *target;
    if (record.type != DnsType::kDname) continue;
    if (auto to = name.moved(record.name, *target)) moved = std::move(*to);
  }
  return moved;
}

std::optional<DnsName> apex_in(const DnsMessage& reply, const DnsName& name) {
  for (const DnsRecord& record : reply.answers)
    if (record.type == DnsType::kSoa && record.name == name) return name;
  for (const DnsRecord& record : reply.authority)
    if (record.type == DnsType::kSoa && name.is_within(record.name)) return record.name;
  return std::nullopt;
}

}  // namespace certstead
