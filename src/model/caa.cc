#include "model/caa.h"

#include <algorithm>

namespace certstead {
namespace {

Result<CaaStep> look_at(DnsNames& names, std::string_view name, DnsPropagationMode mode, Deadline deadline) {
  TRY(DnsPlace place, names.locate(name, deadline));
  TRY(auto servers, names.read(place.name, place.zone, DnsRecordType::kCaa, mode, deadline));
  return CaaStep{std::string(name), std::move(place.name), std::move(place.zone), std::move(servers), {}};
}

bool has_records(const CaaStep& step) {
  return std::ranges::any_of(step.servers, [](const DnsServerRecords& one) { return !one.values.empty(); });
}

}  // namespace

Result<std::vector<CaaStep>> climb_to_caa(DnsNames& names, std::string_view name, DnsPropagationMode mode,
                                          Deadline deadline) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  std::vector<CaaStep> out;
  for (bool more = true; more && !name.empty();) {
    auto step = look_at(names, name, mode, deadline);
    if (!step && out.empty()) return step.error();
    // Above the zones of a private network nobody may be there to answer.
    if (step)
      out.push_back(std::move(*step));
    else
      out.push_back({std::string(name), {}, {}, {}, step.error().detail});
    const std::size_t dot = name.find('.');
    more = dot != std::string_view::npos && !has_records(out.back());
    name.remove_prefix(more ? dot + 1 : 0);
  }
  return out;
}

}  // namespace certstead
