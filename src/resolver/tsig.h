// Signatures of DNS messages by a shared key (TSIG, RFC 8945).
#pragma once

#include "base/clock.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "resolver/dns_message.h"

namespace certstead {

struct TsigKey {
  DnsName name;
  MacDigest digest = MacDigest::kSha256;
  SecretBytes secret;
};

// "hmac-sha256" (or 384, 512; SHA-1 only because some old server asks for it), any case, one trailing dot.
// kInvalid with those that there are.
Result<MacDigest> parse_tsig_algorithm(std::string_view text);
std::string tsig_algorithm_name(MacDigest digest);

// `message`, encoded and without a signature, with one put behind it. A reply's covers `request_mac` as well.
struct SignedDns {
  Bytes bytes;
  Bytes mac;
};
SignedDns sign_dns(BytesView message, const TsigKey& key, Instant now, BytesView request_mac = {});

// Whether `reply`, read from `bytes`, was signed with `key` by who has seen the message of `request_mac`, and
// at about this time. Its own errors come first. kDenied with id "tsig-badkey", "tsig-badsig" (the server
// does not take ours) or "tsig-forged"; kUnavailable with id "tsig-badtime". `server` is who is named in the
// sentence.
Status check_tsig(const DnsMessage& reply, BytesView bytes, const TsigKey& key, BytesView request_mac,
                  Instant now, std::string_view server);

}  // namespace certstead
