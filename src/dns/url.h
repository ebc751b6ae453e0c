// URLs of providers, taken apart.
#pragma once

#include <string>

#include "base/result.h"

namespace certstead {

struct Url {
  std::string scheme;          // "https" or "http"
  std::string host;            // lower case, an IPv6 address in brackets
  std::string port;            // "" for the scheme's own
  std::string path;            // "/" at least
  std::string query;           // without "?"
  std::string origin() const;  // "https://host" or "https://host:port"
};

// An absolute http or https URL of printable ASCII without blanks, user, password and fragment. kInvalid; the
// sentence does not repeat `text`.
Result<Url> parse_url(std::string_view text);

}  // namespace certstead
