// Which DNS names a CA may sign for (RFC 5280 section 4.2.1.10).
#pragma once

#include <string>
#include <vector>

#include "crypto/certificate.h"

namespace certstead {

struct DnsConstraints {
  bool limited = false;                // there are permitted DNS trees
  std::vector<std::string> permitted;  // lower case; ".example" stands for what is below it only
  std::vector<std::string> excluded;

  // `name` in lower case, "*." allowed. A wildcard is refused as soon as one name that it covers is.
  bool allow(std::string_view name) const;
};

// What the certificate's nameConstraints say of DNS names; everything is allowed without. kInvalid if the
// extension is damaged or doubled.
Result<DnsConstraints> dns_constraints_of(const Certificate& certificate);

}  // namespace certstead
