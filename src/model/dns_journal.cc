#include "model/dns_journal.h"

#include <array>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::array<std::pair<DnsRecordState, std::string_view>, 3> kStates = {
    {{DnsRecordState::kAdding, "adding"},
     {DnsRecordState::kStands, "stands"},
     {DnsRecordState::kLeaving, "leaving"}}};

}  // namespace

std::string_view dns_record_state_name(DnsRecordState state) {
  return kStates[static_cast<std::size_t>(state)].second;
}

Result<DnsRecordState> parse_dns_record_state(std::string_view text) {
  for (const auto& [state, name] : kStates) {
    if (name == text) return state;
  }
  return invalid("a DNS record can't be \"" + printable(text, 40) + "\"", "unknown-word");
}

}  // namespace certstead
