// Secrets as they lie in the store: content sealed once, and one grant for each reader.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace certstead {

// Where a secret stands. It is part of what is authenticated, so that a sealed field can't be moved to
// another place.
struct SecretRef {
  std::string table, record, field;
  std::int64_t version = 1;
  bool operator==(const SecretRef&) const = default;
};

// AES-256-GCM content under a random content key, signed by the manager that wrote it.
struct SealedSecret {
  SecretRef ref;
  Bytes content;
  std::string signer;  // id of the manager's identity
  Bytes signature;     // over the ref and the content
  bool empty() const { return content.empty(); }
};

// The content key of `ref` for one recipient (a member, a manager's store key, the export identity).
struct Grant {
  SecretRef ref;
  std::string recipient;
  Bytes envelope;  // CMS AuthEnvelopedData
};

}  // namespace certstead
