// When which deployment is run, proved again and reported, over and over. Pure but for what it is given.
#pragma once

#include <map>

#include "deploy/host.h"

namespace certstead {

struct DeployLoopOptions {
  Duration look = std::chrono::seconds{1};         // between looks at the view
  Duration prove = std::chrono::hours{1};          // between proofs of what is fine
  Duration prove_red = std::chrono::minutes{1};    // between proofs of what is not served
  Duration first_retry = std::chrono::minutes{1};  // after a failure; doubles
  Duration last_retry = std::chrono::hours{1};
  Duration report_retry = std::chrono::seconds{10};  // while the manager is not there
};

class DeployWatch {
 public:
  // Empty: nobody is told.
  using Send = std::function<Status(const DeploymentReport&)>;
  // Everything outlives the watch.
  DeployWatch(const DeployHost& host, DeployLoopOptions options, Send send, const Clock& clock, LogSink& log)
      : host_(host), options_(options), send_(std::move(send)), clock_(clock), log_(log) {}

  // One look: runs what has changed or is to be tried again, proves what it is time for, sends the reports
  // that wait. A report that can't be sent waits for the next look; a newer one takes its place; why is
  // logged once, and again when the reason changes. Blocks for hooks and proofs.
  void look();

 private:
  struct Plan {
    int failures = 0;
    std::optional<Duration> retry_at;  // on the monotonic clock
    Duration prove_at{};
  };
  bool is_retry_due(const std::string& name) const;
  bool is_proof_due(const std::string& name) const;
  void forget_removed();
  void take(const std::vector<DeployRun>& runs);
  void send_reports();
  void run(DeployHost::Mode mode, const DeployHost::Wanted& wanted);

  const DeployHost& host_;
  const DeployLoopOptions options_;
  const Send send_;
  const Clock& clock_;
  LogSink& log_;
  std::string config_, view_;
  std::map<std::string, Plan> plans_;
  std::map<std::string, DeploymentReport> unsent_;
  Duration send_at_{};
  std::string why_not_sent_;  // as it was logged
};

}  // namespace certstead
