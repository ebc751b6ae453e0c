#include "manager/watch.h"

#include <condition_variable>
#include <thread>

#include "manager/watch_checks.h"
#include "manager/watch_telling.h"

namespace certstead {
namespace {

constexpr Duration kBeatInterval = std::chrono::minutes{1};

}  // namespace

struct Watch::Impl {
  Impl(HealthContext c, WatchOptions o) : context(std::move(c)), options(o), teller(context, options) {}

  Result<RoundReport> round();
  void run();

  const HealthContext context;
  const WatchOptions options;
  std::mutex one_round;  // guards what follows
  Teller teller;
  bool begun = false;
  std::optional<Instant> beat;

  std::mutex mutex;  // guards what follows
  std::condition_variable wake;
  bool poked = false, stopping = false;
  std::thread thread;
};

Result<RoundReport> Watch::Impl::round() {
  const std::lock_guard hold(one_round);
  if (!begun) CHECK_OK(teller.note_silence());
  begun = true;
  RoundReport report;
  TRY(report.checks, run_version_checks(context, options));
  TRY(report.handshakes, run_handshakes(context, options));
  CHECK_OK(look_at_terms(context, options));
  TRY(report.judged, teller.judge_page());
  CHECK_OK(teller.deliver(report));
  CHECK_OK(teller.send_heartbeats());
  const Instant now = context.base.clock.now();
  if (!beat || now < *beat || now - *beat >= kBeatInterval) {
    CHECK_OK(context.base.store.beats.put_beat(kWatchBeat, now));
    beat = now;
  }
  return report;
}

void Watch::Impl::run() {
  std::unique_lock hold(mutex);
  while (!stopping) {
    poked = false;
    hold.unlock();
    const auto report = round();
    if (!report) context.base.log.error("watch.round", {{"error", report.error().detail}});
    hold.lock();
    // More is due than one round may do.
    if (report && !report->idle()) continue;
    wake.wait_for(hold, options.poll, [&] { return stopping || poked; });
  }
}

Watch::Watch(HealthContext context, WatchOptions options)
    : impl_(std::make_unique<Impl>(std::move(context), options)) {}

Watch::~Watch() { stop(); }

void Watch::start() {
  impl_->thread = std::thread([this] { impl_->run(); });
}

void Watch::stop() {
  {
    const std::lock_guard hold(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
}

void Watch::poke() {
  {
    const std::lock_guard hold(impl_->mutex);
    impl_->poked = true;
  }
  impl_->wake.notify_all();
}

Result<RoundReport> Watch::round() { return impl_->round(); }

Status Watch::catch_up(Deadline deadline) {
  while (!deadline.passed()) {
    TRY(const RoundReport report, round());
    if (report.idle()) break;
  }
  return Done{};
}

}  // namespace certstead
