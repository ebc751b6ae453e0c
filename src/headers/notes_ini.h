// Reads a header policy from a notes.ini.
#pragma once

#include "headers/header_policy.h"

namespace certstead {

struct ParsedPolicy {
  HeaderPolicy policy;  // one header of each name at most
  // Sentences for a person, each naming a line. At most 50, the last of which then counts the rest.
  std::vector<std::string> warnings;
};

// Takes the lines "HTTPAdditionalRespHeader=Name: value" and "HTTPAdditionalRespHeaderNN=Name: value", NN
// from 01 to 99, keys in any case; the unnumbered one comes first, then they follow by number, wherever they
// stand. An empty value takes the key back. Other lines, comments (; and #) and sections are not looked at.
//
// Warns where the source system stayed silent: other suffixes are ignored; of two lines with one key, and of
// two keys with one header name, the later one wins; Set-Cookie replaces the cookies of the program behind.
// Error: kInvalid, naming the line, for a header that check_policy_header refuses; also for more than 1 MiB,
// for UTF-16, and for a policy of more than 16 KiB, which many clients would refuse.
Result<ParsedPolicy> parse_notes_ini(std::string_view text);

}  // namespace certstead
