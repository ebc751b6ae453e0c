// The CAs that everybody has, as data.
#pragma once

#include <vector>

#include "model/issuer_record.h"

namespace certstead {

// Records with `built_in` set: letsencrypt, letsencrypt-staging, zerossl, actalis. No terms are agreed to and
// no account is made by having them.
std::vector<IssuerRecord> known_issuers();

}  // namespace certstead
