// The headers that a site adds to every response.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace certstead {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

// In the order in which they are sent. Of two with one name (in any case) the later one wins.
struct HeaderPolicy {
  std::vector<Header> set;
};

inline constexpr std::string_view kHstsHeader = "Strict-Transport-Security";

// Refuses what a policy must not set: a name that is no token (RFC 9110 section 5.6.2); a value that is
// empty, longer than 4096 bytes, or has anything but printable ASCII and blanks; a header that ends at the
// next hop (section 7.6.1), frames the message or says how its body is coded: that is the business of the
// server that sends it. Error: kInvalid, naming the header.
Status check_policy_header(const Header& header);

// What a site should send if nobody has thought about it. Browsers remember `hsts_age`: begin with minutes,
// and go to a year once every host below the name speaks TLS. The content policy only says what hardly any
// site breaks on: no foreign frames around it, no plug-ins, no change of the base address.
HeaderPolicy baseline_headers(std::chrono::seconds hsts_age = std::chrono::seconds(300));

}  // namespace certstead
