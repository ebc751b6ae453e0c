#include "acme_client/known_issuers.h"

#include <array>
#include <string_view>

namespace certstead {
namespace {

struct Row {
  std::string_view name, description, directory_url;
  bool needs_eab, account_key_rollover, wildcards;
  std::size_t max_names;
  // Half of what the CA allows where that is published (Let's Encrypt: 300 new orders in 3 hours, 5 failed
  // validations per name and hour); 0: nothing is published.
  int max_orders_per_hour, max_failures_per_hour;
  // As published (Let's Encrypt: 50 certificates per registered domain and 5 for the same names, in 7 days;
  // renewals of the same names are free of the first, announced ones of both).
  int max_per_domain_per_week, max_duplicates_per_week;
};

constexpr std::array kRows = {
    Row{"letsencrypt", "Let's Encrypt: free, automatic, trusted everywhere",
        "https://acme-v02.api.letsencrypt.org/directory", false, true, true, 100, 50, 3, 50, 5},
    Row{"letsencrypt-staging",
        "Let's Encrypt for trying out: generous limits, certificates that nobody trusts",
        "https://acme-staging-v02.api.letsencrypt.org/directory", false, true, true, 100, 0, 0, 0, 0},
    Row{"zerossl", "ZeroSSL: needs an external account binding (EAB); account keys can't be changed",
        "https://acme.zerossl.com/v2/DV90", true, false, true, 100, 0, 0, 0, 0},
    Row{"actalis", "Actalis: needs an external account binding (EAB); no wildcards in the free offer",
        "https://acme-api.actalis.com/acme/directory", true, true, false, 100, 0, 0, 0, 0},
};

}  // namespace

std::vector<IssuerRecord> known_issuers() {
  std::vector<IssuerRecord> out;
  for (const Row& row : kRows) {
    IssuerRecord record;
    record.name = row.name;
    record.description = row.description;
    record.directory_url = row.directory_url;
    record.needs_eab = row.needs_eab;
    record.account_key_rollover = row.account_key_rollover;
    record.wildcards = row.wildcards;
    record.max_names = row.max_names;
    record.max_orders_per_hour = row.max_orders_per_hour;
    record.max_failures_per_hour = row.max_failures_per_hour;
    record.max_per_domain_per_week = row.max_per_domain_per_week;
    record.max_duplicates_per_week = row.max_duplicates_per_week;
    record.built_in = true;
    out.push_back(std::move(record));
  }
  return out;
}

}  // namespace certstead
