// Pieces of certificates and requests in the making. Only for the .cc files of this module.
#pragma once

#include <string>
#include <vector>

#include "crypto/certificate_fields.h"

namespace certstead {

using NameHandle = std::unique_ptr<X509_NAME, Freed<X509_NAME_free>>;

// "CN=`common_name`" or the empty name. kInvalid if it has more than 64 characters or is no UTF-8.
Result<NameHandle> make_name(const std::string& common_name);
// kInvalid if a name is empty, longer than 253 octets or has characters that no A-label has.
Result<GeneralNames> make_dns_names(const std::vector<std::string>& names);

}  // namespace certstead
