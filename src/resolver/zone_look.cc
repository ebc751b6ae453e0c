#include <algorithm>

#include "base/parallel.h"
#include "resolver/zone_walk.h"

namespace certstead {
namespace {

DnsType wire_type(DnsRecordType type) {
  switch (type) {
    case DnsRecordType::kTxt:
      return DnsType::kTxt;
    case DnsRecordType::kCaa:
      return DnsType::kCaa;
    case DnsRecordType::kCname:
      return DnsType::kCname;
  }
  return DnsType::kTxt;
}

// What stands at `name` itself, by text.
std::vector<std::string> values_at(const DnsMessage& reply, const DnsName& name, DnsType type) {
  std::vector<std::string> out;
  for (const DnsRecord& record : reply.answers) {
    if (record.name != name || record.type != type) continue;
    const auto* const txt = std::get_if<DnsTxt>(&record.data);
    out.push_back(txt != nullptr ? txt->joined() : data_text(record));
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

Result<DnsPropagation> ZoneWalk::look(const TxtRecord& record, DnsPropagationMode mode, Deadline deadline) {
  TRY(const DnsName name, DnsName::parse(record.name));
  TRY(const std::vector<Asked> all, ask_all(name, record.zone, DnsType::kTxt, mode, deadline));
  DnsPropagation out;
  out.everywhere = std::ranges::any_of(all, &Asked::counts);
  for (const Asked& one : all) {
    DnsServerView view{one.server, false, one.problem};
    if (one.problem.empty()) {
      view.shows = std::ranges::count(values_at(one.reply, name, DnsType::kTxt), record.value) > 0;
      if (const auto alias = alias_of(one.reply, name); alias && mode == DnsPropagationMode::kAuthoritative)
        view.problem =
            "it has an alias there, to " + alias->text() + "; the value has to stand at its target";
    }
    if (one.counts && !view.shows) out.everywhere = false;
    out.servers.push_back(std::move(view));
  }
  return out;
}

Result<std::vector<DnsServerRecords>> ZoneWalk::read(std::string_view name, std::string_view zone,
                                                     DnsRecordType type, DnsPropagationMode mode,
                                                     Deadline deadline) {
  TRY(const DnsName at, DnsName::parse(name));
  TRY(const std::vector<Asked> all, ask_all(at, zone, wire_type(type), mode, deadline));
  std::vector<DnsServerRecords> out;
  out.reserve(all.size());
  for (const Asked& one : all)
    out.push_back({one.server, values_at(one.reply, at, wire_type(type)), one.problem});
  return out;
}

Result<std::vector<ZoneWalk::Asked>> ZoneWalk::ask_all(const DnsName& name, std::string_view zone,
                                                       DnsType type, DnsPropagationMode mode,
                                                       Deadline deadline) const {
  if (mode != DnsPropagationMode::kAuthoritative) return ask_resolvers(name, type, deadline);
  if (!zone.empty()) {
    TRY(const DnsName apex, DnsName::parse(zone));
    return ask_zone(name, apex, type, deadline);
  }
  TRY(const Zone found, find_zone(name, deadline));
  return ask_zone(name, found.apex, type, deadline);
}

Result<std::vector<ZoneWalk::Asked>> ZoneWalk::ask_zone(const DnsName& name, const DnsName& apex,
                                                        DnsType type, Deadline deadline) const {
  TRY(const std::vector<ZoneServer> servers, servers_.of(apex, deadline));
  std::vector<Asked> all(servers.size());
  for_each_concurrently(servers.size(), settings_.at_once, [&](std::size_t i) {
    auto reply = servers_.ask(servers[i], name, type, deadline);
    all[i] = {servers[i].text(), {}, authority_problem(reply, apex), true};
    if (reply)
      all[i].reply = std::move(*reply);
    else
      all[i].counts = reply.error().id != "dns-no-route";
  });
  return all;
}

std::vector<ZoneWalk::Asked> ZoneWalk::ask_resolvers(const DnsName& name, DnsType type,
                                                     Deadline deadline) const {
  const std::vector<DnsServer>& servers = resolvers_.servers();
  std::vector<Asked> all(servers.size());
  for_each_concurrently(servers.size(), settings_.at_once, [&](std::size_t i) {
    auto reply = resolvers_.ask_one(servers[i], name, type, deadline);
    all[i] = {servers[i].text(), {}, {}, reply.has_value()};
    if (!reply) {
      all[i].problem = reply.error().detail;
      return;
    }
    all[i].reply = std::move(*reply);
    const DnsRcode rcode = all[i].reply.rcode;
    if (rcode != DnsRcode::kNoError && rcode != DnsRcode::kNxDomain)
      all[i].problem = "it answers " + rcode_name(rcode);
  });
  return all;
}

}  // namespace certstead
