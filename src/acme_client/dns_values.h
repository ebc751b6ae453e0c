// What a CA wants to find in the DNS.
#pragma once

#include <string>
#include <string_view>

namespace certstead {

// The TXT value for a key authorization: its SHA-256 in base64url (RFC 8555 section 8.4).
std::string dns01_value(std::string_view key_authorization);
// The label that dns-account-01 puts before "_acme-challenge": "_" and the first 10 bytes of the SHA-256 of
// the account's URL in base32, in lower case (draft-ietf-acme-dns-account-label, section 3.2).
std::string account_label(std::string_view account_url);

}  // namespace certstead
