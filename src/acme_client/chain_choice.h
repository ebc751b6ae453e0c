// Which of the chains that a CA offers for one certificate is taken (RFC 8555 section 7.4.2).
#pragma once

#include <string>
#include <vector>

#include "crypto/certificate.h"
#include "net/http_message.h"

namespace certstead {

// More alternates than these are not looked at.
inline constexpr std::size_t kMaxAlternates = 10;

// The targets of Link headers with the relation "alternate" (RFC 8288), resolved against `base` if they begin
// with "/". What can't be read is passed over.
std::vector<std::string> alternate_urls(const HttpHeaders& headers, std::string_view base);

// Whether the topmost certificate of `chain` (leaf first) was issued by a name with this common name. False
// for an empty chain.
bool is_issued_under(const std::vector<Certificate>& chain, std::string_view common_name);

}  // namespace certstead
