#include "base/text.h"
#include "resolver/dns_message.h"
#include "resolver/dns_wire.h"

namespace certstead {
namespace {

constexpr std::size_t kLongestMessage = 65535, kLongestString = 255;

// What may stand in a record of this type, beside opaque bytes.
bool fits(DnsType type, const DnsData& data) {
  if (std::holds_alternative<DnsOpaque>(data)) return true;
  switch (type) {
    case DnsType::kA: {
      const auto* const address = std::get_if<IpAddress>(&data);
      return address != nullptr && address->is_v4();
    }
    case DnsType::kAaaa: {
      const auto* const address = std::get_if<IpAddress>(&data);
      return address != nullptr && !address->is_v4();
    }
    case DnsType::kNs:
    case DnsType::kCname:
    case DnsType::kDname:
      return std::holds_alternative<DnsName>(data);
    case DnsType::kSoa:
      return std::holds_alternative<DnsSoa>(data);
    case DnsType::kMx:
      return std::holds_alternative<DnsMx>(data);
    case DnsType::kTxt: {
      const auto* const txt = std::get_if<DnsTxt>(&data);
      if (txt == nullptr || txt->strings.empty()) return false;
      for (const std::string& text : txt->strings)
        if (text.size() > kLongestString) return false;
      return true;
    }
    case DnsType::kCaa: {
      const auto* const caa = std::get_if<DnsCaa>(&data);
      return caa != nullptr && is_caa_tag(caa->tag);
    }
    case DnsType::kOpt:
    case DnsType::kTsig:
    case DnsType::kAny:
      return false;
  }
  return false;
}

struct WriteData {
  DnsWriter& out;
  void operator()(const DnsOpaque& data) const { out.bytes(data.bytes); }
  void operator()(const IpAddress& address) const {
    out.bytes(BytesView(address.bytes()).first(address.is_v4() ? 4 : 16));
  }
  void operator()(const DnsName& name) const { out.name(name); }
  void operator()(const DnsSoa& soa) const {
    out.name(soa.primary).name(soa.mailbox);
    out.u32(soa.serial).u32(soa.refresh).u32(soa.retry).u32(soa.expire).u32(soa.minimum);
  }
  void operator()(const DnsTxt& txt) const {
    for (const std::string& text : txt.strings) out.string(text);
  }
  void operator()(const DnsMx& mx) const { out.u16(mx.preference).name(mx.exchange); }
  void operator()(const DnsCaa& caa) const { out.u8(caa.flags).string(caa.tag).bytes(view_bytes(caa.value)); }
};

// Type, class, TTL and data behind the name of a record.
void write_rest(DnsWriter& out, DnsType type, std::uint16_t klass, std::uint32_t ttl, BytesView data) {
  out.u16(static_cast<std::uint16_t>(type)).u16(klass).u32(ttl);
  out.u16(static_cast<std::uint16_t>(data.size())).bytes(data);
}

Status write_record(DnsWriter& out, const DnsRecord& record) {
  DnsWriter data;
  if (!fits(record.type, record.data))
    return invalid("the data of the " + dns_type_name(record.type) + " record at " + record.name.text() +
                   " is not of its type");
  std::visit(WriteData{data}, record.data);
  if (data.out().size() > kLongestMessage)
    return invalid("the record at " + record.name.text() + " is too long for the DNS");
  out.name(record.name);
  write_rest(out, record.type, static_cast<std::uint16_t>(record.klass), record.ttl, data.out());
  return Done{};
}

std::uint16_t flag_bits(const DnsMessage& message) {
  unsigned bits = static_cast<unsigned>(message.opcode) << 11 | (static_cast<unsigned>(message.rcode) & 15U);
  if (message.reply) bits |= kDnsReply;
  if (message.authoritative) bits |= kDnsAuthoritative;
  if (message.truncated) bits |= kDnsTruncated;
  if (message.recursion_desired) bits |= kDnsRecursionDesired;
  if (message.recursion_available) bits |= kDnsRecursionAvailable;
  if (message.authentic_data) bits |= kDnsAuthenticData;
  if (message.checking_disabled) bits |= kDnsCheckingDisabled;
  return static_cast<std::uint16_t>(bits);
}

void write_header(DnsWriter& out, const DnsMessage& message) {
  const std::size_t additional =
      message.additional.size() + (message.edns ? 1U : 0U) + (message.tsig ? 1U : 0U);
  out.u16(message.id).u16(flag_bits(message));
  for (const std::size_t count :
       {message.questions.size(), message.answers.size(), message.authority.size(), additional})
    out.u16(static_cast<std::uint16_t>(count));
}

void write_edns(DnsWriter& out, const DnsMessage& message) {
  const DnsEdns& edns = *message.edns;
  const auto high = static_cast<std::uint32_t>(message.rcode) >> 4 & 0xFFU;
  out.name(DnsName());
  write_rest(out, DnsType::kOpt, edns.udp_size,
             high << 24 | static_cast<std::uint32_t>(edns.version) << 16 | edns.flags, edns.options);
}

}  // namespace

Bytes encode_tsig(const DnsTsig& tsig) {
  DnsWriter data;
  data.name(tsig.algorithm);
  data.u16(static_cast<std::uint16_t>(tsig.time_signed >> 32))
      .u32(static_cast<std::uint32_t>(tsig.time_signed));
  data.u16(tsig.fudge).u16(static_cast<std::uint16_t>(tsig.mac.size())).bytes(tsig.mac);
  data.u16(tsig.original_id).u16(static_cast<std::uint16_t>(tsig.error));
  data.u16(static_cast<std::uint16_t>(tsig.other.size())).bytes(tsig.other);
  DnsWriter out;
  out.name(tsig.key);
  write_rest(out, DnsType::kTsig, static_cast<std::uint16_t>(DnsClass::kAny), 0, data.out());
  return out.take();
}

Result<Bytes> encode_dns(const DnsMessage& message) {
  if (!message.edns && static_cast<unsigned>(message.rcode) > 15)
    return invalid("a DNS message without EDNS can't carry " + rcode_name(message.rcode));
  DnsWriter out;
  write_header(out, message);
  for (const DnsQuestion& question : message.questions)
    out.name(question.name)
        .u16(static_cast<std::uint16_t>(question.type))
        .u16(static_cast<std::uint16_t>(question.klass));
  for (const auto* section : {&message.answers, &message.authority, &message.additional}) {
    for (const DnsRecord& record : *section) {
      CHECK_OK(write_record(out, record));
      if (out.out().size() > kLongestMessage) break;
    }
  }
  if (message.edns) write_edns(out, message);
  if (message.tsig) out.bytes(encode_tsig(*message.tsig));
  if (out.out().size() > kLongestMessage) return invalid("the DNS message is longer than 65,535 bytes");
  return out.take();
}

}  // namespace certstead
