#include "member/member.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "model/credential.h"
#include "vault/identity_cache.h"
#include "vault/manifest.h"

namespace certstead {
namespace {

constexpr Duration kReaderCheck = std::chrono::minutes{1};
// A round looks at every certificate of every view.
constexpr int kRestPerWork = 20;
// Stopping waits for a pull at most this long.
constexpr Duration kStopLatency = std::chrono::milliseconds{500};

struct Position {
  std::int64_t epoch = 0;
  std::int64_t seq = 0;
};

// The least that all views have; nothing (seq 0: a full manifest) if they differ in store or epoch.
Result<Position> position_of(const std::vector<std::unique_ptr<ViewKeeper>>& views,
                             const std::string& store_id) {
  std::optional<Position> least;
  for (const auto& view : views) {
    TRY(const ViewMeta meta, view->meta());
    if (meta.store_id != store_id) return Position{};
    if (least && least->epoch != meta.epoch) return Position{};
    if (!least || meta.applied_seq < least->seq) least = Position{meta.epoch, meta.applied_seq};
  }
  return least.value_or(Position{});
}

}  // namespace

struct Member::Impl {
  Impl(Identity identity, const std::string& store, MemberOptions o, Feed& f, const Clock& c, LogSink& l)
      : options(std::move(o)),
        feed(f),
        clock(c),
        log(l),
        trusted(identity.root),
        vault(std::move(identity), store) {}

  void run(Member& member);
  void run_staples(StapleSource& source);
  void note_applied(std::int64_t seq);

  MemberOptions options;
  Feed& feed;
  const Clock& clock;
  LogSink& log;
  IdentityCache trusted;
  MemberVault vault;
  std::vector<std::unique_ptr<ViewKeeper>> views;
  std::mutex mutex;
  std::condition_variable moved, staple_wake;
  std::int64_t applied = 0;  // guarded by mutex
  bool is_new = false;       // likewise: something was applied that no round of staples has seen
  std::atomic<bool> stopping{false};
  std::thread thread, staple_thread;
};

void Member::Impl::note_applied(std::int64_t seq) {
  {
    const std::lock_guard hold(mutex);
    is_new = is_new || seq != applied;
    applied = seq;
  }
  moved.notify_all();
  staple_wake.notify_all();
}

Member::Member(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Member::~Member() { stop(); }

Result<std::unique_ptr<Member>> Member::open(Identity identity, std::string store_id, MemberOptions options,
                                             Feed& feed, const Clock& clock, LogSink& log) {
  auto impl = std::make_unique<Impl>(std::move(identity), store_id, std::move(options), feed, clock, log);
  for (const ViewConfig& config : impl->options.views) {
    TRY(auto view, ViewKeeper::open(config));
    impl->views.push_back(std::move(view));
  }
  TRY(const Position position, position_of(impl->views, store_id));
  impl->applied = position.seq;
  return std::unique_ptr<Member>(new Member(std::move(impl)));
}

Status Member::pull_once(Deadline deadline) {
  Impl& self = *impl_;
  // The position that is asked from tells the manager what this member has: it has to last.
  for (const auto& view : self.views) CHECK_OK(view->sync());
  TRY(const Position position, position_of(self.views, self.vault.store_id()));
  const std::string& id = self.vault.member().id;
  TRY(const SignedManifest signed_manifest, self.feed.pull(id, position.epoch, position.seq, deadline));
  TRY(const Manifest manifest,
      verify_manifest(signed_manifest, self.trusted, id, self.vault.store_id(), self.clock.now()));
  // One that can't be written, say because its disk is full, keeps none of the others from what is new.
  Status applied = Done{};
  for (const auto& view : self.views) {
    const Status one = view->apply(manifest, self.vault, self.log);
    if (!one && applied) applied = one;
  }
  CHECK_OK(applied);
  self.note_applied(std::max(manifest.to_seq, position.seq));
  return Done{};
}

void Member::Impl::run(Member& member) {
  Duration checked = clock.elapsed();
  while (!stopping) {
    const Status pulled = member.pull_once(Deadline::after(std::min(options.long_poll, kStopLatency)));
    if (!pulled) {
      log.error("member.pull", {{"error", pulled.error().detail}});
      std::unique_lock hold(mutex);
      moved.wait_for(hold, options.retry, [this] { return stopping.load(); });
    }
    if (clock.elapsed() - checked < kReaderCheck) continue;
    checked = clock.elapsed();
    for (const auto& view : views) {
      const Status ok = view->check_readers();
      if (!ok) log.error("member.view", {{"view", view->name()}, {"error", ok.error().detail}});
    }
  }
}

// Apart from the pulls: a responder that hangs must not hold up a new certificate.
void Member::Impl::run_staples(StapleSource& source) {
  StapleKeeper keeper(views, source, clock, log);
  while (!stopping) {
    const Duration began = clock.elapsed();
    const Status done = keeper.round([this] { return stopping.load(); });
    if (!done) log.error("member.staples", {{"error", done.error().detail}});
    const Duration rest = std::max(options.staple_rest, kRestPerWork * (clock.elapsed() - began));
    std::unique_lock hold(mutex);
    staple_wake.wait_for(hold, rest, [this] { return stopping.load(); });
    staple_wake.wait_for(hold, options.staple_round, [this] { return stopping || is_new; });
    is_new = false;
  }
}

void Member::start() {
  impl_->thread = std::thread([this] { impl_->run(*this); });
}

void Member::start_staples(StapleSource& source) {
  impl_->staple_thread = std::thread([this, &source] { impl_->run_staples(source); });
}

void Member::stop() {
  {
    const std::lock_guard hold(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->moved.notify_all();
  impl_->staple_wake.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
  if (impl_->staple_thread.joinable()) impl_->staple_thread.join();
}

Status Member::wait_applied(std::int64_t seq, Deadline deadline) {
  std::unique_lock hold(impl_->mutex);
  const bool there =
      impl_->moved.wait_for(hold, deadline.left(), [&] { return impl_->applied >= seq || impl_->stopping; });
  if (there && impl_->applied >= seq) return Done{};
  return unavailable(
      "the views of this host have not shown the challenge in time; the log says why (member.pull)",
      "view-lags");
}

std::vector<ViewHolding> Member::holdings(const CredentialSet& set) const {
  std::vector<ViewHolding> out;
  const std::string& id = impl_->vault.member().id;
  if (std::find(set.members.begin(), set.members.end(), id) == set.members.end()) return out;
  for (const auto& view : impl_->views) {
    if (!view->wants(set.name)) continue;
    out.push_back(view->holding(set.id));
    out.back().member = id;
  }
  return out;
}

std::int64_t Member::applied_seq() const {
  const std::lock_guard hold(impl_->mutex);
  return impl_->applied;
}

const std::vector<std::unique_ptr<ViewKeeper>>& Member::views() const { return impl_->views; }

}  // namespace certstead
