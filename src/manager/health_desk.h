// Use cases of health: what is wrong, in one list; watched addresses.
#pragma once

#include "manager/health_context.h"
#include "model/certificate_findings.h"

namespace certstead {

// One thing that is wrong, and everything it is wrong with.
struct GroupedFinding {
  Finding finding;                    // its subject is the first of `subjects`
  std::vector<std::string> subjects;  // at most kNamedSubjects of them
  std::size_t count = 0;              // of all
};
inline constexpr std::size_t kNamedSubjects = 20;

struct HealthView {
  Health overall = Health::kGreen;
  std::size_t green = 0, yellow = 0, red = 0;  // sets
  std::vector<GroupedFinding> findings;        // each reason once, worst first
  std::optional<Instant> last_round;           // of the watch
};

// Names what is older than this: the watch does not run any more.
inline constexpr Duration kWatchStalled = std::chrono::minutes{30};

// What the watch notes of itself among the Beats.
inline constexpr std::string_view kWatchBeat = "watch";

// What is wrong beyond the sets: roots, our own CAs, watched addresses, terms of service, deployments of sets
// that there are not, members that lag behind the feed.
Result<std::vector<Finding>> common_findings(const HealthContext& context, Instant now);

class HealthDesk {
 public:
  explicit HealthDesk(HealthContext context) : context_(std::move(context)) {}

  // Of one set, or of everything (name ""). kNotFound for a set that there is not.
  Result<HealthView> view(std::string_view name);
  // Makes the checks of one set (or of all, and of all addresses) due; the watch then does them.
  Status make_due(std::string_view name);

  Result<WatchRecord> add_watch(const UrlWatch& watch, const Actor& actor);
  Status remove_watch(std::string_view name, const Actor& actor);
  Result<std::vector<WatchRecord>> watches() { return context_.base.store.watches.list_watches(); }

  Result<HealthSettings> settings() { return read_health_settings(context_.base.store.settings); }
  Status change_settings(const HealthSettings& after, const Actor& actor);

 private:
  HealthContext context_;
};

}  // namespace certstead
