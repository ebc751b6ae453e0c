#include "resolver/dns_record.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/text.h"

namespace certstead {
namespace {

struct TypeName {
  DnsType type;
  std::string_view name;
};

constexpr std::array<TypeName, 12> kTypeNames{{{DnsType::kA, "A"},
                                               {DnsType::kNs, "NS"},
                                               {DnsType::kCname, "CNAME"},
                                               {DnsType::kSoa, "SOA"},
                                               {DnsType::kMx, "MX"},
                                               {DnsType::kTxt, "TXT"},
                                               {DnsType::kAaaa, "AAAA"},
                                               {DnsType::kDname, "DNAME"},
                                               {DnsType::kOpt, "OPT"},
                                               {DnsType::kTsig, "TSIG"},
                                               {DnsType::kAny, "ANY"},
                                               {DnsType::kCaa, "CAA"}}};

std::string quoted(std::string_view value) { return '"' + printable(value, 4096) + '"'; }

struct Text {
  std::string operator()(const DnsOpaque& data) const { return hex_encode(data.bytes); }
  std::string operator()(const IpAddress& address) const { return address.text(); }
  std::string operator()(const DnsName& name) const { return name.text(); }
  std::string operator()(const DnsSoa& soa) const {
    return soa.primary.text() + ' ' + soa.mailbox.text() + ' ' + std::to_string(soa.serial);
  }
  std::string operator()(const DnsTxt& txt) const { return quoted(txt.joined()); }
  std::string operator()(const DnsMx& mx) const {
    return std::to_string(mx.preference) + ' ' + mx.exchange.text();
  }
  std::string operator()(const DnsCaa& caa) const {
    return std::to_string(caa.flags) + ' ' + printable(caa.tag) + ' ' + quoted(caa.value);
  }
};

}  // namespace

std::string dns_type_name(DnsType type) {
  const auto* const found = std::ranges::find(kTypeNames, type, &TypeName::type);
  if (found != kTypeNames.end()) return std::string(found->name);
  return "TYPE" + std::to_string(static_cast<std::uint16_t>(type));
}

std::string DnsTxt::joined() const { return join(strings, ""); }

DnsTxt make_txt(std::string_view value) {
  constexpr std::size_t kLongestString = 255;
  DnsTxt txt;
  do {
    txt.strings.emplace_back(value.substr(0, kLongestString));
    value.remove_prefix(txt.strings.back().size());
  } while (!value.empty());
  return txt;
}

std::string data_text(const DnsRecord& record) { return std::visit(Text{}, record.data); }

}  // namespace certstead
