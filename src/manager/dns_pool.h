// DNS accounts, opened for use.
#pragma once

#include <deque>
#include <mutex>

#include "base/log_sink.h"
#include "model/dns_provider.h"
#include "model/sealer.h"

namespace certstead {

struct DnsTraced {
  Instant at;
  DnsTraceLine line;
};

// One provider for each account, kept as long as account and definition stay as they are: what an API can't
// do at the same time is for the one provider to put in order. Safe from any thread.
class DnsPool {
 public:
  DnsPool(DnsAccounts& accounts, Sealer& sealer, const DnsProviders& providers, const Clock& clock,
          LogSink& log)
      : accounts_(accounts), sealer_(sealer), providers_(providers), clock_(clock), log_(log) {}

  // Errors as of DnsProviders::open, and of the store.
  Result<std::shared_ptr<DnsProvider>> open(const DnsAccount& account);
  // One of its own, with these secrets, whose exchanges go to `trace`.
  Result<std::unique_ptr<DnsProvider>> open_apart(const DnsAccount& account, const DnsSecrets& secrets,
                                                  DnsTrace trace);

  // While it is on, what is said to the account's provider is kept (the last 200 lines, redacted) and logged.
  // Ends with the process.
  void set_trace(const std::string& account, bool on);
  bool traced(std::string_view account) const;
  std::vector<DnsTraced> trace(std::string_view account) const;

 private:
  struct Kept {
    std::int64_t revision = 0, definition_revision = 0;
    std::shared_ptr<DnsProvider> provider;
  };
  Result<std::optional<DnsDefinition>> definition_of(const DnsAccount& account);
  void note(const std::string& account, const DnsTraceLine& line);

  DnsAccounts& accounts_;
  Sealer& sealer_;
  const DnsProviders& providers_;
  const Clock& clock_;
  LogSink& log_;
  mutable std::mutex mutex_;                                          // guards the two below
  std::map<std::string, Kept> kept_;                                  // by the account's id
  std::map<std::string, std::deque<DnsTraced>, std::less<>> traces_;  // by name; those that are on
};

}  // namespace certstead
