#include "model/dns_account.h"

#include <array>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::array<std::pair<DnsPropagationMode, std::string_view>, 3> kModes = {
    {{DnsPropagationMode::kAuthoritative, "authoritative"},
     {DnsPropagationMode::kResolver, "resolver"},
     {DnsPropagationMode::kDelay, "delay"}}};

}  // namespace

std::string_view propagation_name(DnsPropagationMode mode) {
  return kModes[static_cast<std::size_t>(mode)].second;
}

Result<DnsPropagationMode> parse_propagation(std::string_view text) {
  for (const auto& [mode, name] : kModes) {
    if (name == text) return mode;
  }
  return invalid(
      "propagation is \"authoritative\", \"resolver\" or \"delay\", not \"" + printable(text, 40) + "\"",
      "dns-propagation-mode");
}

bool is_at_or_below(std::string_view name, std::string_view domain) {
  if (domain.empty() || !name.ends_with(domain)) return false;
  return name.size() == domain.size() || name[name.size() - domain.size() - 1] == '.';
}

const DnsAccount* account_for(const std::vector<DnsAccount>& accounts, std::string_view name) {
  const DnsAccount* best = nullptr;
  std::size_t longest = 0;
  for (const DnsAccount& account : accounts) {
    if (!account.enabled) continue;
    for (const DomainName& domain : account.domains) {
      const std::string& text = domain.ascii();
      if (!is_at_or_below(name, text) || text.size() <= longest) continue;
      best = &account;
      longest = text.size();
    }
  }
  return best;
}

}  // namespace certstead
