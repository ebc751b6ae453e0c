// Messages of the DNS (RFC 1035 section 4), with EDNS (RFC 6891) and the record of a signature (RFC 8945
// section 4.2). Reading is strict: what is malformed anywhere is refused whole.
#pragma once

#include <optional>

#include "resolver/dns_record.h"

namespace certstead {

enum class DnsOpcode : std::uint8_t { kQuery = 0, kUpdate = 5 };

// RFC 6895 section 2.3; those from 16 to 22 stand in TSIG records.
enum class DnsRcode : std::uint16_t {
  kNoError = 0,
  kFormErr = 1,
  kServFail = 2,
  kNxDomain = 3,
  kNotImp = 4,
  kRefused = 5,
  kYxDomain = 6,
  kYxRrset = 7,
  kNxRrset = 8,
  kNotAuth = 9,
  kNotZone = 10,
  kBadSig = 16,
  kBadKey = 17,
  kBadTime = 18,
  kBadTrunc = 22,
};
std::string rcode_name(DnsRcode rcode);  // "REFUSED"; "RCODE11" for one that we do not know

// In an update: the zone.
struct DnsQuestion {
  DnsName name;
  DnsType type = DnsType::kA;
  DnsClass klass = DnsClass::kIn;
  bool operator==(const DnsQuestion&) const = default;
};

struct DnsEdns {
  std::uint16_t udp_size = 1232;  // of what the sender takes in
  std::uint8_t version = 0;
  std::uint16_t flags = 0;
  Bytes options;
  bool operator==(const DnsEdns&) const = default;
};

struct DnsTsig {
  DnsName key, algorithm;
  std::uint64_t time_signed = 0;  // seconds since 1970, 48 bits
  std::uint16_t fudge = 0;        // seconds
  Bytes mac;
  std::uint16_t original_id = 0;
  DnsRcode error = DnsRcode::kNoError;
  Bytes other;
  bool operator==(const DnsTsig&) const = default;
};

struct DnsMessage {
  std::uint16_t id = 0;
  DnsOpcode opcode = DnsOpcode::kQuery;
  bool reply = false;
  bool authoritative = false;
  bool truncated = false;
  bool recursion_desired = false;
  bool recursion_available = false;
  bool authentic_data = false;
  bool checking_disabled = false;
  DnsRcode rcode = DnsRcode::kNoError;  // above 15 only with EDNS
  std::vector<DnsQuestion> questions;
  std::vector<DnsRecord> answers, authority, additional;  // an update: prerequisites, updates, additional
  std::optional<DnsEdns> edns;
  std::optional<DnsTsig> tsig;
  std::size_t unsigned_size = 0;  // bytes before the TSIG record; set by decoding, not looked at by encoding

  bool operator==(const DnsMessage&) const = default;
};

// kInvalid if it is longer than 65,535 bytes, or if data does not fit the type of its record.
Result<Bytes> encode_dns(const DnsMessage& message);
// kInvalid for anything that is not exactly one message.
Result<DnsMessage> decode_dns(BytesView bytes);
// The bytes of a TSIG record as it stands at the end of a message.
Bytes encode_tsig(const DnsTsig& tsig);

}  // namespace certstead
