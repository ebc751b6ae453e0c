// A CA for the fuzzers of what CAs answer about revocation.
#pragma once

#include "crypto/issue.h"

namespace certstead {

struct RevocationWorld {
  PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  Instant now = from_unix_seconds(1'800'000'000);
  Certificate issuer = issue_certificate({.common_name = "Root",
                                          .dns_names = {},
                                          .public_key = key.public_key(),
                                          .not_before = now - std::chrono::hours(1),
                                          .not_after = now + std::chrono::hours(1),
                                          .is_ca = true},
                                         key, std::nullopt)
                           .value();
};

}  // namespace certstead
