#include "manager/housekeeping.h"

#include "base/text.h"

namespace certstead {
namespace {

constexpr Duration kInterval = std::chrono::hours{1};
constexpr std::size_t kBatch = 500;

// Calls `prune` until it finds nothing more.
template <class Prune>
Result<std::size_t> prune_all(const std::function<bool()>& stopping, const Prune& prune) {
  std::size_t total = 0;
  while (!stopping()) {
    TRY(const std::size_t gone, prune());
    total += gone;
    if (gone == 0) break;
  }
  return total;
}

}  // namespace

Result<Duration> Housekeeping::keep_jobs() const {
  TRY(const auto setting, context_.store.settings.setting(kKeepJobsDays));
  const auto days = parse_number(setting.value_or(""));
  return Duration{std::chrono::days{days ? static_cast<int>(*days) : kKeepJobsDaysDefault}};
}

Status Housekeeping::look() {
  const Duration elapsed = context_.clock.elapsed();
  if (last_ && elapsed - *last_ < kInterval) return Done{};
  last_ = elapsed;
  const Instant now = context_.clock.now();
  TRY(const Duration kept, keep_jobs());
  TRY(const std::size_t jobs,
      prune_all(stopping_, [&] { return context_.store.jobs.prune_jobs(now - kept, kBatch); }));
  TRY(const std::size_t versions, prune_all(stopping_, [&] {
        return context_.store.versions.prune_versions(now - kKeepExpired, kBatch);
      }));
  if (jobs + versions > 0) {
    context_.log.info("housekeeping",
                      {{"jobs", std::to_string(jobs)}, {"versions", std::to_string(versions)}});
  }
  return Done{};
}

}  // namespace certstead
