// A mail as bytes (RFC 5322, MIME).
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"

namespace certstead {

struct Mail {
  std::string from;
  std::vector<std::string> to;
  std::string subject;     // UTF-8; any bytes will do
  std::string text;        // UTF-8
  std::string message_id;  // without brackets
  Instant date;
};

// Lines of at most 76 characters, ended by CR LF. The subject travels in encoded words (RFC 2047), the text
// in base64, so that nothing in them can start or end a header. kInvalid for an address with anything but
// visible ASCII, or with < > , ; " or a backslash.
Result<std::string> mail_bytes(const Mail& mail);

}  // namespace certstead
