// Resource records (RFC 1035 section 3.2, RFC 3596, RFC 6672, RFC 8659).
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "net/ip_address.h"
#include "resolver/dns_name.h"

namespace certstead {

// Those that we know; any other number may stand in a message as well.
enum class DnsType : std::uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kMx = 15,
  kTxt = 16,
  kAaaa = 28,
  kDname = 39,
  kOpt = 41,
  kTsig = 250,
  kAny = 255,
  kCaa = 257,
};
std::string dns_type_name(DnsType type);  // "TXT"; "TYPE65" for one that we do not know

// None and any are used in updates (RFC 2136 section 2.5).
enum class DnsClass : std::uint16_t { kIn = 1, kNone = 254, kAny = 255 };

struct DnsSoa {
  DnsName primary, mailbox;
  std::uint32_t serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0;
  bool operator==(const DnsSoa&) const = default;
};

struct DnsTxt {
  std::vector<std::string> strings;  // at least one, of at most 255 bytes each
  std::string joined() const;        // the value that is meant (RFC 7208 section 3.3)
  bool operator==(const DnsTxt&) const = default;
};
// A value of any length, in as many strings as it needs.
DnsTxt make_txt(std::string_view value);

struct DnsMx {
  std::uint16_t preference = 0;
  DnsName exchange;
  bool operator==(const DnsMx&) const = default;
};

struct DnsCaa {
  std::uint8_t flags = 0;
  std::string tag;  // letters and digits
  std::string value;
  bool operator==(const DnsCaa&) const = default;
};

// The data of a type that we do not read, or none at all.
struct DnsOpaque {
  Bytes bytes;
  bool operator==(const DnsOpaque&) const = default;
};

// An address for A and AAAA, a name for NS, CNAME and DNAME.
using DnsData = std::variant<DnsOpaque, IpAddress, DnsName, DnsSoa, DnsTxt, DnsMx, DnsCaa>;

struct DnsRecord {
  DnsName name;
  DnsType type = DnsType::kA;
  DnsClass klass = DnsClass::kIn;
  std::uint32_t ttl = 0;
  DnsData data;
  bool operator==(const DnsRecord&) const = default;
};

// The data as a zone file has it, safe to print: `0 issue "ca.example"`.
std::string data_text(const DnsRecord& record);

}  // namespace certstead
