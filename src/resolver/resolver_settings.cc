#include "resolver/resolver_settings.h"

#include "base/text.h"
#include "resolver/dns_name.h"

namespace certstead {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::string blanks(text);
  for (char& c : blanks)
    if (c == ',' || c == '\t' || c == '\n' || c == '\r') c = ' ';
  std::vector<std::string> out;
  for (const std::string_view word : split(blanks, ' '))
    if (!word.empty()) out.emplace_back(word);
  return out;
}

Result<IpFamilies> parse_families(std::string_view text) {
  if (text.empty() || text == "both") return IpFamilies::kBoth;
  if (text == "v4") return IpFamilies::kV4;
  if (text == "v6") return IpFamilies::kV6;
  return invalid("\"" + printable(text, 40) + "\" is no choice of addresses: write both, v4 or v6");
}

Result<std::pair<std::string, DnsServer>> parse_elsewhere(std::string_view text) {
  const std::size_t sign = text.find('=');
  if (sign == std::string_view::npos)
    return invalid("\"" + printable(text, 100) +
                   "\" does not say where a DNS server is: write NAME=ADDRESS:PORT");
  TRY(const DnsServer server, parse_dns_server(text.substr(sign + 1)));
  if (const auto address = IpAddress::parse(text.substr(0, sign))) return std::pair(address->text(), server);
  TRY(const DnsName name, DnsName::parse(text.substr(0, sign)));
  return std::pair(name.text(), server);
}

}  // namespace

Result<ResolverSettings> parse_resolver_settings(const ResolverTexts& texts) {
  ResolverSettings settings;
  for (const std::string& word : words(texts.resolvers)) {
    TRY(const DnsServer server, parse_dns_server(word));
    settings.resolvers.push_back(server);
  }
  for (const std::string& word : words(texts.elsewhere)) {
    TRY(const auto entry, parse_elsewhere(word));
    settings.elsewhere.insert_or_assign(entry.first, entry.second);
  }
  TRY(settings.families, parse_families(trim(texts.families)));
  TRY(settings.egress, EgressPolicy::with_allowed(words(texts.allowed_networks)));
  return settings;
}

std::vector<DnsServer> parse_resolv_conf(std::string_view text) {
  std::vector<DnsServer> out;
  for (const std::string_view line : split(text, '\n')) {
    const std::vector<std::string> parts = words(line);
    if (parts.size() < 2 || parts[0] != "nameserver") continue;
    // Addresses with a zone, as fe80::1%eth0, are passed over.
    if (const auto address = IpAddress::parse(parts[1])) out.push_back({*address, 53});
  }
  if (out.empty()) {
    const std::uint8_t kLoopback[] = {127, 0, 0, 1};
    out.push_back({*IpAddress::from_bytes(kLoopback), 53});
  }
  return out;
}

}  // namespace certstead
