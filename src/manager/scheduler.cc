#include "manager/scheduler.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "base/id.h"
#include "manager/clock_watch.h"
#include "manager/dns_records.h"
#include "manager/housekeeping.h"
#include "manager/set_changes.h"
#include "manager/ticket_rotation.h"

namespace certstead {
namespace {

constexpr std::size_t kSetsPerScan = 100;

// Answers of orders that no longer exist: what a crash left behind.
Status withdraw_orphans(const Context& context) {
  TRY(const auto challenges, context.store.challenges.list_challenges());
  TRY(const auto orders, context.store.orders.all_orders());
  std::set<std::string> alive;
  for (const Order& order : orders) alive.insert(order.id);
  for (const PublishedChallenge& challenge : challenges) {
    if (alive.count(challenge.order_id) > 0) continue;
    CHECK_OK(context.store.challenges.withdraw_challenges(challenge.order_id));
  }
  return Done{};
}

// True while a job for this set exists or has to end first: the set shows it by its status.
bool has_work(const CredentialSet& set) {
  switch (set.status) {
    case SetStatus::kIssued:
    case SetStatus::kExpired:
      return false;
    default:
      return true;
  }
}

}  // namespace

struct Scheduler::Impl {
  Impl(Context c, SchedulerOptions o)
      : context(c),
        options(o),
        executor(c, o.executor, [this] { return stopping.load(); }),
        owner(make_id()),
        watch(c.clock),
        housekeeping(context, [this] { return stopping.load(); }),
        tickets(context, [this] { return stopping.load(); }) {}

  void work();
  void run_planner();
  void run_sweeper();
  Status plan_due();
  Status plan_set(const CredentialSet& set, Instant now);
  std::uint64_t seen();
  void pause(std::uint64_t seen_pokes);
  void poke();

  Context context;
  SchedulerOptions options;
  Executor executor;
  std::string owner;
  ClockWatch watch;
  Housekeeping housekeeping;  // the planner's thread alone
  TicketRotation tickets;     // likewise
  std::atomic<bool> stopping{false};
  std::mutex mutex;
  std::condition_variable wake;
  std::uint64_t pokes = 0;
  std::vector<std::thread> threads;
};

void Scheduler::Impl::poke() {
  {
    const std::lock_guard hold(mutex);
    ++pokes;
  }
  wake.notify_all();
}

std::uint64_t Scheduler::Impl::seen() {
  const std::lock_guard hold(mutex);
  return pokes;
}

// Waits for a poke after `seen_pokes`, which the caller read before it looked for work, so that none is
// missed.
void Scheduler::Impl::pause(std::uint64_t seen_pokes) {
  std::unique_lock hold(mutex);
  wake.wait_for(hold, options.poll, [&] { return stopping.load() || pokes != seen_pokes; });
}

void Scheduler::Impl::work() {
  while (!stopping) {
    const std::uint64_t before = seen();
    const Instant now = context.clock.now();
    auto job = context.store.jobs.claim_job(owner, now, now + options.lease);
    if (!job) {
      context.log.error("scheduler.store", {{"error", job.error().detail}});
      pause(before);
      continue;
    }
    if (!*job) {
      pause(before);
      continue;
    }
    const Status done = executor.run(std::move(**job));
    if (!done) context.log.error("job.unrecorded", {{"error", done.error().detail}});
  }
}

Status Scheduler::Impl::plan_set(const CredentialSet& set, Instant now) {
  if (has_work(set)) return Done{};
  if (set.ari_poll_at && *set.ari_poll_at <= now) {
    Job job;
    job.id = make_id();
    job.kind = JobKind::kRenewalInfo;
    job.set_id = set.id;
    job.set_name = set.name;
    job.run_at = job.created = now;
    CHECK_OK(context.store.jobs.add_job(job));
  }
  if (!set.renew_at || *set.renew_at > now) return Done{};
  if (watch.holds_renewals()) return Done{};
  CHECK_OK(start_issue(context, set, "", now, {"scheduler", "set.renew", set.name, set.renew_why}));
  return Done{};
}

Status Scheduler::Impl::plan_due() {
  if (watch.look()) {
    context.log.warning("clock.jumped",
                        {{"now", to_rfc3339(context.clock.now())},
                         {"effect", "scheduled renewals wait ten minutes for the clock to be right"}});
  }
  const Instant now = context.clock.now();
  CHECK_OK(context.ca.tend());
  TRY(const auto due, context.store.sets.sets_due(now, kSetsPerScan));
  for (const CredentialSet& set : due) CHECK_OK(plan_set(set, now));
  if (!due.empty()) wake.notify_all();
  return Done{};
}

void Scheduler::Impl::run_planner() {
  while (!stopping) {
    const std::uint64_t before = seen();
    const Status planned = plan_due();
    if (!planned) context.log.error("scheduler.plan", {{"error", planned.error().detail}});
    const Status kept = housekeeping.look();
    if (!kept) context.log.error("scheduler.housekeeping", {{"error", kept.error().detail}});
    const Status rotated = tickets.look();
    if (!rotated) context.log.error("scheduler.tickets", {{"error", rotated.error().detail}});
    pause(before);
  }
}

// Records in foreign zones: apart from the planner, since providers take their time.
void Scheduler::Impl::run_sweeper() {
  while (!stopping) {
    const std::uint64_t before = seen();
    const auto swept = context.dns->sweep([this] { return stopping.load(); });
    if (!swept) context.log.error("scheduler.dns", {{"error", swept.error().detail}});
    pause(before);
  }
}

Scheduler::Scheduler(Context context, SchedulerOptions options)
    : impl_(std::make_unique<Impl>(context, options)) {}

Scheduler::~Scheduler() { stop(); }

Status Scheduler::start() {
  CHECK_OK(impl_->context.store.jobs.release_leases(impl_->owner));
  CHECK_OK(withdraw_orphans(impl_->context));
  for (std::size_t i = 0; i < impl_->options.workers; ++i)
    impl_->threads.emplace_back([this] { impl_->work(); });
  impl_->threads.emplace_back([this] { impl_->run_planner(); });
  if (impl_->context.dns != nullptr) impl_->threads.emplace_back([this] { impl_->run_sweeper(); });
  return Done{};
}

void Scheduler::poke() { impl_->poke(); }

void Scheduler::stop() {
  impl_->stopping = true;
  impl_->poke();
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

}  // namespace certstead
