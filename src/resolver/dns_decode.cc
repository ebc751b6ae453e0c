#include <array>

#include "resolver/dns_message.h"
#include "resolver/dns_wire.h"

namespace certstead {
namespace {

struct RcodeName {
  DnsRcode rcode;
  std::string_view name;
};

constexpr std::array<RcodeName, 15> kRcodeNames{{{DnsRcode::kNoError, "NOERROR"},
                                                 {DnsRcode::kFormErr, "FORMERR"},
                                                 {DnsRcode::kServFail, "SERVFAIL"},
                                                 {DnsRcode::kNxDomain, "NXDOMAIN"},
                                                 {DnsRcode::kNotImp, "NOTIMP"},
                                                 {DnsRcode::kRefused, "REFUSED"},
                                                 {DnsRcode::kYxDomain, "YXDOMAIN"},
                                                 {DnsRcode::kYxRrset, "YXRRSET"},
                                                 {DnsRcode::kNxRrset, "NXRRSET"},
                                                 {DnsRcode::kNotAuth, "NOTAUTH"},
                                                 {DnsRcode::kNotZone, "NOTZONE"},
                                                 {DnsRcode::kBadSig, "BADSIG"},
                                                 {DnsRcode::kBadKey, "BADKEY"},
                                                 {DnsRcode::kBadTime, "BADTIME"},
                                                 {DnsRcode::kBadTrunc, "BADTRUNC"}}};

DnsData read_address(DnsReader& in, int family, std::size_t size) {
  const auto address = IpAddress::from_bytes(in.bytes(size));
  if (address && address->is_v4() == (family == 4)) return *address;
  in.fail();
  return DnsOpaque{};
}

DnsSoa read_soa(DnsReader& in) {
  DnsSoa soa;
  soa.primary = in.name(true);
  soa.mailbox = in.name(true);
  for (std::uint32_t* number : {&soa.serial, &soa.refresh, &soa.retry, &soa.expire, &soa.minimum})
    *number = in.u32();
  return soa;
}

DnsTxt read_txt(DnsReader& in) {
  DnsTxt txt;
  if (in.left() == 0) in.fail();
  while (!in.failed() && in.left() > 0) txt.strings.push_back(in.string());
  return txt;
}

DnsCaa read_caa(DnsReader& in) {
  DnsCaa caa;
  caa.flags = in.u8();
  caa.tag = in.string();
  caa.value = to_text(in.bytes(in.left()));
  if (!is_caa_tag(caa.tag)) in.fail();
  return caa;
}

DnsMx read_mx(DnsReader& in) {
  DnsMx mx;
  mx.preference = in.u16();
  mx.exchange = in.name(true);
  return mx;
}

// `in` is narrowed to the data. Only the types of RFC 1035 may compress the names in it.
DnsData read_data(DnsReader& in, DnsType type, DnsClass klass) {
  const bool readable = klass == DnsClass::kIn || klass == DnsClass::kNone;
  if (!readable || (klass == DnsClass::kNone && in.left() == 0)) {
    const BytesView rest = in.bytes(in.left());
    return DnsOpaque{{rest.begin(), rest.end()}};
  }
  switch (type) {
    case DnsType::kA:
      return read_address(in, 4, 4);
    case DnsType::kAaaa:
      return read_address(in, 6, 16);
    case DnsType::kNs:
    case DnsType::kCname:
      return in.name(true);
    case DnsType::kDname:
      return in.name(false);
    case DnsType::kSoa:
      return read_soa(in);
    case DnsType::kMx:
      return read_mx(in);
    case DnsType::kTxt:
      return read_txt(in);
    case DnsType::kCaa:
      return read_caa(in);
    case DnsType::kOpt:
    case DnsType::kTsig:
    case DnsType::kAny:
      break;
  }
  const BytesView rest = in.bytes(in.left());
  return DnsOpaque{{rest.begin(), rest.end()}};
}

DnsRecord read_record(DnsReader& in) {
  DnsRecord record;
  record.name = in.name(true);
  record.type = static_cast<DnsType>(in.u16());
  record.klass = static_cast<DnsClass>(in.u16());
  record.ttl = in.u32();
  return record;
}

// RFC 6891 section 6.1: once, at the root; its class and TTL mean other things.
void read_edns(DnsReader& in, const DnsRecord& head, DnsMessage& message) {
  if (message.edns || !head.name.is_root()) return in.fail();
  DnsEdns edns;
  edns.udp_size = static_cast<std::uint16_t>(head.klass);
  edns.version = static_cast<std::uint8_t>(head.ttl >> 16);
  edns.flags = static_cast<std::uint16_t>(head.ttl);
  const BytesView options = in.bytes(in.left());
  edns.options.assign(options.begin(), options.end());
  message.rcode = static_cast<DnsRcode>(static_cast<unsigned>(message.rcode) | (head.ttl >> 24) << 4);
  message.edns = std::move(edns);
}

// RFC 8945 section 5.1: once, as the very last record.
void read_tsig(DnsReader& in, const DnsRecord& head, DnsMessage& message) {
  if (message.tsig || head.klass != DnsClass::kAny || head.ttl != 0) return in.fail();
  DnsTsig tsig;
  tsig.key = head.name;
  tsig.algorithm = in.name(false);
  tsig.time_signed = static_cast<std::uint64_t>(in.u16()) << 32;
  tsig.time_signed |= in.u32();
  tsig.fudge = in.u16();
  const BytesView mac = in.bytes(in.u16());
  tsig.mac.assign(mac.begin(), mac.end());
  tsig.original_id = in.u16();
  tsig.error = static_cast<DnsRcode>(in.u16());
  const BytesView other = in.bytes(in.u16());
  tsig.other.assign(other.begin(), other.end());
  message.tsig = std::move(tsig);
}

void read_section(DnsReader& in, std::size_t count, bool additional, DnsMessage& message,
                  std::vector<DnsRecord>& section) {
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    if (message.tsig) return in.fail();
    const std::size_t start = in.at();
    DnsRecord record = read_record(in);
    in.narrow(in.u16());
    const bool special = record.type == DnsType::kOpt || record.type == DnsType::kTsig;
    if (in.failed() || (special && !additional)) return in.fail();
    if (record.type == DnsType::kOpt) {
      read_edns(in, record, message);
    } else if (record.type == DnsType::kTsig) {
      message.unsigned_size = start;
      read_tsig(in, record, message);
    } else {
      record.data = read_data(in, record.type, record.klass);
      section.push_back(std::move(record));
    }
    in.widen();
  }
}

void read_flags(unsigned bits, DnsMessage& message) {
  message.opcode = static_cast<DnsOpcode>(bits >> 11 & 15U);
  message.rcode = static_cast<DnsRcode>(bits & 15U);
  message.reply = (bits & kDnsReply) != 0;
  message.authoritative = (bits & kDnsAuthoritative) != 0;
  message.truncated = (bits & kDnsTruncated) != 0;
  message.recursion_desired = (bits & kDnsRecursionDesired) != 0;
  message.recursion_available = (bits & kDnsRecursionAvailable) != 0;
  message.authentic_data = (bits & kDnsAuthenticData) != 0;
  message.checking_disabled = (bits & kDnsCheckingDisabled) != 0;
}

}  // namespace

std::string rcode_name(DnsRcode rcode) {
  const auto* const found = std::ranges::find(kRcodeNames, rcode, &RcodeName::rcode);
  if (found != kRcodeNames.end()) return std::string(found->name);
  return "RCODE" + std::to_string(static_cast<std::uint16_t>(rcode));
}

Result<DnsMessage> decode_dns(BytesView bytes) {
  DnsReader in(bytes);
  DnsMessage message;
  message.id = in.u16();
  read_flags(in.u16(), message);
  std::array<std::uint16_t, 4> counts{};
  for (std::uint16_t& count : counts) count = in.u16();
  for (std::size_t i = 0; i < counts[0] && !in.failed(); ++i) {
    DnsQuestion question;
    question.name = in.name(true);
    question.type = static_cast<DnsType>(in.u16());
    question.klass = static_cast<DnsClass>(in.u16());
    message.questions.push_back(std::move(question));
  }
  read_section(in, counts[1], false, message, message.answers);
  read_section(in, counts[2], false, message, message.authority);
  read_section(in, counts[3], true, message, message.additional);
  if (in.failed() || in.left() > 0) return invalid("the bytes are not one whole DNS message");
  return message;
}

}  // namespace certstead
