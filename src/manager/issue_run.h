// One run of the job that gets certificates for a set: walks its orders until they end or have to wait.
#pragma once

#include "manager/dns_run.h"
#include "manager/executor.h"
#include "manager/flow.h"

namespace certstead {

// How a run ended: what becomes of the job.
struct RunOutcome {
  enum class Kind { kDone, kWait, kFailed };
  Kind kind = Kind::kDone;
  Instant run_at{};  // kWait and kFailed: when to go on
  Error error{};     // kFailed

  static RunOutcome done() { return {}; }
  static RunOutcome wait(Instant at) { return {Kind::kWait, at, {}}; }
  static RunOutcome failed(Error error, Instant at) { return {Kind::kFailed, at, std::move(error)}; }
};

class IssueRun {
 public:
  IssueRun(const Context& context, const ExecutorOptions& options, const std::function<bool()>& stopping,
           const Job& job)
      : context_(context), options_(options), stopping_(stopping), job_(job), dns_(context, stopping, [this] {
          static_cast<void>(keep_lease());
        }) {}
  // An Error is the store's: nothing could be recorded.
  Result<RunOutcome> run();

 private:
  Status load();
  Result<bool> already_done();
  Result<std::optional<RunOutcome>> make_orders();
  Result<std::optional<RunOutcome>> check_budget(const std::vector<KeyType>& missing,
                                                 const std::vector<CredentialVersion>& versions);
  Result<RunOutcome> walk();
  // Does one step of `order`; false if it has to wait. A failure of the attempt is in `failure_`.
  Result<bool> go_on(Order& order);
  Status outside(Order& order, const Step& step);
  Status make_key(Order& order);
  Status publish(Order& order, std::size_t index);
  Status plan(Order& order);
  // What several names, and several orders, do at the same time: writing records, or looking for them.
  Status go_on_together();
  Status accept(Order& order);
  Status withdraw_if_over(const Order& before, const Order& after);
  Result<RunOutcome> activate();
  Result<RunOutcome> await_answer();
  Result<RunOutcome> fail(const Error& error);
  Status record(const Order& order, std::string_view progress);
  Status keep_lease();
  void note_wait(Instant at) { next_ = std::min(next_, at); }

  const Context& context_;
  const ExecutorOptions& options_;
  const std::function<bool()>& stopping_;
  const Job& job_;
  CredentialSet set_;
  std::unique_ptr<Flow> flow_;
  std::vector<Order> orders_;
  std::optional<Error> failure_;
  bool awaits_answer_ = false;
  DnsRun dns_;
  std::vector<Order*> parked_;  // orders that wait for the others to come as far: see go_on_together()
  Instant next_ = Instant::max();
  Duration lease_from_{0};
};

}  // namespace certstead
