// Use cases of trusted roots and intermediates as records of their own, and of chains that are completed
// later.
#pragma once

#include "manager/health_context.h"

namespace certstead {

struct RootView {
  TrustedRoot root;
  std::string key_id;        // subjectKeyIdentifier, hex
  std::int64_t used_by = 0;  // sets
};

// What was done, or would be done, to the chain of one credential.
struct Rechained {
  std::string set, serial;
  KeyType key_type = KeyType::kP256;
  std::size_t before = 0, after = 0;  // certificates in the chain
  std::string outcome;                // "completed", "replaced", "unchanged", "open", "busy"
  std::string detail;                 // why it stays open
};

class RootsDesk {
 public:
  explicit RootsDesk(HealthContext context) : context_(std::move(context)) {}

  Result<std::vector<RootView>> list();
  Result<RootView> show(std::string_view name);
  // Builds the chains of one set (or all, name "") anew from what is known and what CAs offer for download,
  // and puts better ones in place. Key and leaf stay as they are; members serve the new chain from their next
  // handshake on. With `dry_run` nothing changes.
  Result<std::vector<Rechained>> rechain(std::string_view name, bool dry_run, const Actor& actor);

 private:
  Result<RootView> view_of(TrustedRoot root);
  Status rechain_set(const CredentialSet& set, const std::vector<TrustedRoot>& roots, bool dry_run,
                     const Actor& actor, std::vector<Rechained>& out);

  HealthContext context_;
};

}  // namespace certstead
