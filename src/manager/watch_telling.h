// The telling part of a round of the watch: findings become notices, notices leave.
#pragma once

#include "manager/watch.h"

namespace certstead {

// Judges sets page by page, and tells what has changed. Holds where it stands between two rounds.
class Teller {
 public:
  Teller(const HealthContext& context, const WatchOptions& options) : context_(context), options_(options) {}

  // The next page. Returns how many sets were judged.
  Result<std::size_t> judge_page();
  // Says that the watch did not run for a while, if it did not. Call it once, before the first round.
  Status note_silence();
  // One message to each target that something waits for.
  Status deliver(RoundReport& report);
  // Calls webhooks that are called regularly.
  Status send_heartbeats();

 private:
  Status tell(const std::string& subject, const std::vector<Finding>& findings);
  Status tell_common();
  Result<Status> send(const NotifyTarget& target, const std::vector<Notice>& notices);

  const HealthContext& context_;
  const WatchOptions& options_;
  std::string after_;  // the last set that was judged
  Instant last_sweep_ = Instant::min();
  // Of the present sweep.
  std::size_t overdue_ = 0;
  std::optional<Instant> newest_;
};

}  // namespace certstead
