// Issuers as data: a CA that signs for us, with its quirks; and the port of the store that keeps them.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/key_type.h"
#include "model/audit.h"

namespace certstead {

struct IssuerRecord {
  std::string name;           // "letsencrypt-staging"
  std::string kind = "acme";  // "acme", "manual", "microca"
  std::string description;
  std::string directory_url;
  // Roots for the TLS connection to the directory beside the system's, as PEM; may be empty.
  std::string trusted_pem;
  std::string allowed_networks;  // CIDRs beyond the public internet that this issuer may be reached at,
                                 // comma-separated
  bool needs_eab = false;
  bool account_key_rollover = true;
  std::vector<KeyType> key_types;  // what it signs; empty: everything
  bool wildcards = true;
  std::size_t max_names = 100;
  std::string default_profile;
  int max_orders_per_hour = 0;  // budgets (0: none); kept in the store so that a restart does not reset them
  int max_failures_per_hour = 0;
  int max_per_domain_per_week = 0;  // certificates for new names below one registered domain
  int max_duplicates_per_week = 0;  // certificates for exactly the same names
  bool built_in = false;
  std::string terms_seen;  // URL of the terms in the last directory read
  Instant created;
  std::int64_t revision = 0;
};

// One line of a budget: how many uses of a kind ("order", "domain", "duplicate") a scope may have in a
// window.
struct BudgetLine {
  std::string kind, scope;
  int limit = 0;  // at most so many within `window`
  Duration window{};
  int amount = 1;  // how many are wanted now
};

class Issuers {
 public:
  virtual ~Issuers() = default;
  virtual Status create_issuer(const IssuerRecord& issuer,
                               const AuditNote& note) = 0;  // kConflict if it exists
  virtual Result<std::int64_t> update_issuer(const IssuerRecord& issuer, const AuditNote& note) = 0;
  virtual Result<IssuerRecord> find_issuer(std::string_view name) = 0;
  virtual Result<std::vector<IssuerRecord>> list_issuers() = 0;
  virtual Status delete_issuer(std::string_view name,
                               const AuditNote& note) = 0;  // kConflict while it is used
  // Budgets: counts `kind` ("order", "failure") of `issuer` since `since`, and adds one.
  virtual Result<int> count_usage(std::string_view issuer, std::string_view kind, std::string_view scope,
                                  Instant since) = 0;
  virtual Status add_usage(std::string_view issuer, std::string_view kind, std::string_view scope,
                           Instant at) = 0;
  // Takes every line's amount at once, as uses at `now`, or nothing at all: then comes the line that has to
  // wait longest and when it has room again. An amount above its limit needs a window without any use. Uses
  // are kept for 31 days; windows are shorter.
  struct BudgetWait {
    BudgetLine line;
    Instant until;
  };
  virtual Result<std::optional<BudgetWait>> take_budget(std::string_view issuer,
                                                        const std::vector<BudgetLine>& lines,
                                                        Instant now) = 0;
};

}  // namespace certstead
