#include "resolver/tsig.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "resolver/dns_wire.h"

namespace certstead {
namespace {

constexpr std::uint16_t kFudge = 300;  // seconds, as RFC 8945 section 10 recommends
constexpr std::size_t kCountOfAdditional = 10;

struct Algorithm {
  MacDigest digest;
  std::string_view name;
};
constexpr std::array<Algorithm, 4> kAlgorithms{{{MacDigest::kSha256, "hmac-sha256"},
                                                {MacDigest::kSha384, "hmac-sha384"},
                                                {MacDigest::kSha512, "hmac-sha512"},
                                                {MacDigest::kSha1, "hmac-sha1"}}};

// No parse can fail: the names above are good ones.
DnsName algorithm_name(MacDigest digest) { return *DnsName::parse(tsig_algorithm_name(digest)); }

std::uint64_t seconds_of(Instant time) { return static_cast<std::uint64_t>(to_unix_ms(time) / 1000); }

// RFC 8945 section 4.3.3.
void write_variables(DnsWriter& out, const DnsTsig& tsig) {
  out.name(tsig.key.lower()).u16(static_cast<std::uint16_t>(DnsClass::kAny)).u32(0);
  out.name(tsig.algorithm.lower());
  out.u16(static_cast<std::uint16_t>(tsig.time_signed >> 32));
  out.u32(static_cast<std::uint32_t>(tsig.time_signed));
  out.u16(tsig.fudge).u16(static_cast<std::uint16_t>(tsig.error));
  out.u16(static_cast<std::uint16_t>(tsig.other.size())).bytes(tsig.other);
}

// The message as it was before it was signed: with the id that it had then and one record fewer.
Bytes unsigned_part(const DnsMessage& reply, BytesView bytes) {
  Bytes out(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(reply.unsigned_size));
  out[0] = static_cast<std::uint8_t>(reply.tsig->original_id >> 8);
  out[1] = static_cast<std::uint8_t>(reply.tsig->original_id);
  const int count = (out[kCountOfAdditional] << 8 | out[kCountOfAdditional + 1]) - 1;
  out[kCountOfAdditional] = static_cast<std::uint8_t>(count >> 8);
  out[kCountOfAdditional + 1] = static_cast<std::uint8_t>(count);
  return out;
}

bool mac_is_right(const DnsMessage& reply, BytesView bytes, const TsigKey& key, BytesView request_mac) {
  const DnsTsig& tsig = *reply.tsig;
  if (tsig.key != key.name || tsig.algorithm != algorithm_name(key.digest)) return false;
  DnsWriter covered;
  covered.u16(static_cast<std::uint16_t>(request_mac.size())).bytes(request_mac);
  covered.bytes(unsigned_part(reply, bytes));
  write_variables(covered, tsig);
  return equal_constant_time(hmac(key.digest, key.secret, covered.out()), tsig.mac);
}

std::string key_text(const TsigKey& key) {
  return "the TSIG key " + key.name.text() + " (" + tsig_algorithm_name(key.digest) + ")";
}

Error clocks_differ(std::string_view server, std::uint64_t theirs, Instant now, std::string_view sign) {
  const auto ours = seconds_of(now);
  const bool ahead = theirs > ours;
  const auto apart = std::chrono::seconds{ahead ? theirs - ours : ours - theirs};
  return unavailable("the clock of " + std::string(server) + " is " + describe(apart) +
                         (ahead ? " ahead of" : " behind") + " ours" + std::string(sign) +
                         ": set the one that is wrong, by NTP for example",
                     "tsig-badtime");
}

// What the server found wrong with our signature. It could not sign this with a key that it does not have.
Status check_error(const DnsTsig& tsig, const TsigKey& key, Instant now, std::string_view server) {
  const std::string name(server);
  switch (tsig.error) {
    case DnsRcode::kNoError:
      return Done{};
    case DnsRcode::kBadKey:
      // Knot says so too if it has the key, but no rule for this change.
      return denied(name + " does not know " + key_text(key) +
                        ", or has no rule that grants it this (BADKEY): compare name and algorithm with its "
                        "configuration, and its rules for the key",
                    "tsig-badkey");
    case DnsRcode::kBadSig:
      return denied(
          name + " has another secret for " + key_text(key) + " (BADSIG): give the one that stands there",
          "tsig-badsig");
    case DnsRcode::kBadTime:
      break;
    default:
      return denied(name + " refuses the signature by " + key_text(key) + " (" + rcode_name(tsig.error) + ")",
                    "tsig-refused");
  }
  DnsReader time(tsig.other);
  const std::uint64_t high = time.u16();
  const std::uint64_t theirs = high << 32 | time.u32();
  if (time.failed())
    return unavailable("the clock of " + name + " differs from ours (BADTIME)", "tsig-badtime");
  return clocks_differ(server, theirs, now, " (BADTIME)");
}

}  // namespace

Result<MacDigest> parse_tsig_algorithm(std::string_view text) {
  std::string_view name = text;
  if (name.ends_with('.')) name.remove_suffix(1);
  for (const Algorithm& one : kAlgorithms)
    if (equals_ignoring_case(one.name, name)) return one.digest;
  return invalid(
      "\"" + printable(text, 60) +
      "\" is no TSIG algorithm: there are hmac-sha256, hmac-sha384, hmac-sha512 and, for old servers, "
      "hmac-sha1");
}

std::string tsig_algorithm_name(MacDigest digest) {
  const auto* const found = std::ranges::find(kAlgorithms, digest, &Algorithm::digest);
  return found != kAlgorithms.end() ? std::string(found->name) : std::string();
}

SignedDns sign_dns(BytesView message, const TsigKey& key, Instant now, BytesView request_mac) {
  DnsTsig tsig;
  tsig.key = key.name;
  tsig.algorithm = algorithm_name(key.digest);
  tsig.time_signed = seconds_of(now);
  tsig.fudge = kFudge;
  tsig.original_id = static_cast<std::uint16_t>(message[0] << 8 | message[1]);
  DnsWriter covered;
  if (!request_mac.empty()) covered.u16(static_cast<std::uint16_t>(request_mac.size())).bytes(request_mac);
  covered.bytes(message);
  write_variables(covered, tsig);
  tsig.mac = hmac(key.digest, key.secret, covered.out());
  SignedDns out{Bytes(message.begin(), message.end()), tsig.mac};
  const int count = (message[kCountOfAdditional] << 8 | message[kCountOfAdditional + 1]) + 1;
  out.bytes[kCountOfAdditional] = static_cast<std::uint8_t>(count >> 8);
  out.bytes[kCountOfAdditional + 1] = static_cast<std::uint8_t>(count);
  const Bytes record = encode_tsig(tsig);
  out.bytes.insert(out.bytes.end(), record.begin(), record.end());
  return out;
}

Status check_tsig(const DnsMessage& reply, BytesView bytes, const TsigKey& key, BytesView request_mac,
                  Instant now, std::string_view server) {
  const std::string name(server);
  if (!reply.tsig)
    return denied(
        name + " answers " + rcode_name(reply.rcode) + " without a signature, so nobody knows who said that",
        "tsig-forged");
  CHECK_OK(check_error(*reply.tsig, key, now, server));
  if (!mac_is_right(reply, bytes, key, request_mac))
    return denied("the answer of " + name + " is not signed by " + key_text(key) +
                      ": somebody between may have changed it",
                  "tsig-forged");
  const std::uint64_t theirs = reply.tsig->time_signed, ours = seconds_of(now);
  if ((theirs > ours ? theirs - ours : ours - theirs) > reply.tsig->fudge)
    return clocks_differ(server, theirs, now, "");
  return Done{};
}

}  // namespace certstead
