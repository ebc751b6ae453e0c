#include "manager/view_prover.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "manager/due_queue.h"
#include "manager/set_holdings.h"
#include "model/deployment_health.h"

namespace certstead {
namespace {

constexpr std::size_t kPage = 500;
constexpr Duration kPoll = std::chrono::milliseconds{500};  // stopping waits as long
constexpr std::string_view kActor = "proof";

std::string report_name(const std::string& view, const std::string& set) { return view + ":" + set; }

std::string what_is_wrong(const DeploymentReport& report) {
  std::vector<std::string> parts;
  for (const ServedCertificate& one : report.served) {
    if (!one.problem.empty()) parts.push_back(one.target + " (" + one.kind + "): " + one.problem);
  }
  return join(parts, "; ");
}

// One for each kind of key: a client that offers one kind gets one certificate.
std::vector<const CredentialVersion*> one_of_each_kind(const std::vector<CredentialVersion>& active) {
  std::vector<const CredentialVersion*> out;
  for (const CredentialVersion& version : active) {
    const bool known = std::any_of(out.begin(), out.end(), [&](const CredentialVersion* one) {
      return is_rsa(one->key_type) == is_rsa(version.key_type);
    });
    if (!known) out.push_back(&version);
  }
  return out;
}

}  // namespace

struct ViewProver::Impl {
  Impl(const Context& c, ServedProbe& p, ProofOptions o) : context(c), probe(p), options(std::move(o)) {}

  Status begin();
  Status take_changes();
  Status drop_lost();
  Status prove(const std::string& set_id);
  Result<bool> prove_in(const ViewProof& where, const CredentialSet& set,
                        const std::vector<CredentialVersion>& active, bool is_last_look);
  DeploymentReport look(const ViewProof& where, const CredentialSet& set,
                        const std::vector<CredentialVersion>& active);
  Status forget(const std::string& report);
  const ViewProof* proof_of(const std::string& view) const;
  std::vector<const ViewProof*> proofs_for(const CredentialSet& set) const;
  Duration due_of(const SetParts& parts) const;
  void put_due(const std::string& set_id, Duration due);
  void run(ViewProver& prover);

  const Context context;
  ServedProbe& probe;
  const ProofOptions options;

  std::mutex one_round;  // guards what follows
  bool begun = false;
  std::int64_t seq = 0;              // of the last change that was seen
  std::map<std::string, int> looks;  // that failed in a row, by set

  std::mutex mutex;  // guards what follows
  std::condition_variable idle;
  DueQueue queue;  // ids of sets
  bool working = false;
  std::atomic<bool> stopping{false};
  std::thread thread;
};

const ViewProof* ViewProver::Impl::proof_of(const std::string& view) const {
  const auto found = std::find_if(options.proofs.begin(), options.proofs.end(),
                                  [&](const ViewProof& one) { return one.view == view; });
  return found == options.proofs.end() ? nullptr : &*found;
}

// Where the set is to be asked for: the ports of the views that it goes into.
std::vector<const ViewProof*> ViewProver::Impl::proofs_for(const CredentialSet& set) const {
  std::vector<const ViewProof*> out;
  for (const ViewHolding& view : context.members.holdings(set)) {
    const ViewProof* const proof = proof_of(view.view);
    if (proof != nullptr) out.push_back(proof);
  }
  return out;
}

void ViewProver::Impl::put_due(const std::string& set_id, Duration due) {
  const std::lock_guard hold(mutex);
  queue.put(set_id, due);
}

// When a set is due that has not changed since the manager ran last. Now, if what was proved is not what is
// active, or was not proved lately.
Duration ViewProver::Impl::due_of(const SetParts& parts) const {
  const Duration now = context.clock.elapsed();
  const auto active = active_certificates(parts.active);
  Duration due = now + options.again;
  for (const ViewProof* const where : proofs_for(parts.set)) {
    const auto report = std::find_if(
        parts.deployments.begin(), parts.deployments.end(),
        [&](const DeploymentReport& one) { return one.name == report_name(where->view, parts.set.name); });
    if (report == parts.deployments.end()) return now;
    const bool is_right =
        report->outcome == DeployOutcome::kDone && facts_of({*report}, active).served == Reach::kYes;
    const Duration age = context.clock.now() - report->reported;
    if (!is_right || age < Duration{0}) return now;
    due = std::min(due, now + std::max(options.again - age, Duration{0}));
  }
  return due;
}

Status ViewProver::Impl::begin() {
  TRY(const StoreIdentity identity, context.store.settings.identity());
  for (std::string after; !options.proofs.empty();) {
    TRY(const auto page, context.store.pages.page(after, kPage, PageDetail::kBrief));
    for (const SetParts& parts : page) put_due(parts.set.id, due_of(parts));
    if (page.size() < kPage) break;
    after = page.back().set.name;
  }
  CHECK_OK(drop_lost());
  seq = identity.seq;
  begun = true;
  return Done{};
}

Status ViewProver::Impl::forget(const std::string& report) {
  const Status gone = context.store.deployments.delete_deployment(
      report, {std::string(kActor), "deployment.forget", report, "nothing is proved there any more"});
  return gone || gone.error().code == Code::kNotFound ? Status(Done{}) : gone;
}

// Reports of sets that there are not any more, and of views that have no ports or do not get the set.
Status ViewProver::Impl::drop_lost() {
  TRY(const auto reports, context.store.deployments.list_deployments());
  for (const DeploymentReport& report : reports) {
    if (report.layout != kViewLayout) continue;
    const auto set = context.store.sets.find_set_by_name(report.set_name);
    if (!set && set.error().code != Code::kNotFound) return set.error();
    bool wanted = false;
    if (set) {
      for (const ViewProof* const where : proofs_for(*set)) {
        wanted = wanted || report.name == report_name(where->view, set->name);
      }
    }
    if (!wanted) CHECK_OK(forget(report.name));
  }
  return Done{};
}

// What has changed is due, once the views show it. A view that lags is asked all the same: what it serves is
// what counts.
Status ViewProver::Impl::take_changes() {
  TRY(const auto changes, context.store.feed.changes_after(seq, kPage));
  bool gone = false, any = false;
  for (const FeedChange& change : changes) {
    seq = change.seq;
    if (change.kind != "set") continue;
    any = true;
    gone = gone || change.gone;
    looks.erase(change.object);
    put_due(change.object, context.clock.elapsed());
  }
  if (gone) CHECK_OK(drop_lost());
  if (any) static_cast<void>(context.members.wait_applied(seq, Deadline::after(options.view_patience)));
  return Done{};
}

DeploymentReport ViewProver::Impl::look(const ViewProof& where, const CredentialSet& set,
                                        const std::vector<CredentialVersion>& active) {
  DeploymentReport report;
  report.name = report_name(where.view, set.name);
  report.host = options.host;
  report.set_name = set.name;
  report.layout = kViewLayout;
  for (const std::string& target : where.targets) {
    for (const CredentialVersion* const version : one_of_each_kind(active)) {
      if (stopping) return report;
      ServedQuestion question;
      question.target = target;
      question.server_name = host_under(version->facts.names);
      question.rsa = is_rsa(version->key_type);
      question.serial = version->facts.serial;
      question.fingerprint = version->facts.fingerprint;
      report.served.push_back(probe.look(question, Deadline::after(options.handshake)));
    }
  }
  const std::string wrong = what_is_wrong(report);
  if (!wrong.empty()) {
    report.outcome = DeployOutcome::kNotServed;
    report.error = "not served: " + wrong;
    report.error_id = "not-served";
  }
  report.reported = context.clock.now();
  report.proved_at = report.reported;
  return report;
}

// True if all of it is served. What is not is stored after the last look only.
Result<bool> ViewProver::Impl::prove_in(const ViewProof& where, const CredentialSet& set,
                                        const std::vector<CredentialVersion>& active, bool is_last_look) {
  const DeploymentReport report = look(where, set, active);
  if (stopping) return true;
  const bool served = report.outcome == DeployOutcome::kDone;
  if (!served && !is_last_look) return false;
  CHECK_OK(context.store.deployments.put_deployment(
      report, {std::string(kActor), "deployment.report", report.name,
               printable(served ? set.name + ": served" : report.error, 1000)}));
  if (!served) {
    context.log.warning("proof.not-served",
                        {{"view", where.view}, {"set", set.name}, {"error", report.error}});
  }
  return served;
}

Status ViewProver::Impl::prove(const std::string& set_id) {
  const auto set = context.store.sets.find_set(set_id);
  if (!set) return set.error().code == Code::kNotFound ? Status(Done{}) : Status(set.error());
  TRY(const auto active, context.store.versions.active_versions(set_id));
  const bool is_last_look = looks[set_id] + 1 >= options.looks;
  bool served = true;
  for (const ViewProof* const where : proofs_for(*set)) {
    if (active.empty()) {
      CHECK_OK(forget(report_name(where->view, set->name)));
      continue;
    }
    TRY(const bool here, prove_in(*where, *set, active, is_last_look));
    served = served && here;
  }
  const Duration now = context.clock.elapsed();
  if (served) {
    looks.erase(set_id);
    put_due(set_id, now + options.again);
  } else if (is_last_look) {
    put_due(set_id, now + options.again_red);
  } else {
    ++looks[set_id];
    put_due(set_id, now + options.look_again);
  }
  return Done{};
}

ViewProver::ViewProver(const Context& context, ServedProbe& probe, ProofOptions options)
    : impl_(std::make_unique<Impl>(context, probe, std::move(options))) {}

ViewProver::~ViewProver() { stop(); }

Result<std::size_t> ViewProver::round() {
  Impl& self = *impl_;
  const std::lock_guard one(self.one_round);
  if (!self.begun) CHECK_OK(self.begin());
  CHECK_OK(self.take_changes());
  std::vector<std::string> due;
  {
    const std::lock_guard hold(self.mutex);
    due = self.queue.take(self.context.clock.elapsed(), self.options.batch);
    self.working = !due.empty();
  }
  Status done = Done{};
  for (const std::string& set_id : due) {
    if (self.stopping) break;
    const Status proved = self.prove(set_id);
    if (proved) continue;
    // It is looked at again; the others are not held up.
    self.put_due(set_id, self.context.clock.elapsed() + self.options.again_red);
    done = proved;
  }
  {
    const std::lock_guard hold(self.mutex);
    self.working = false;
  }
  self.idle.notify_all();
  CHECK_OK(done);
  return due.size();
}

void ViewProver::make_due(std::string_view name) {
  Impl& self = *impl_;
  if (self.options.proofs.empty()) return;
  const Duration now = self.context.clock.elapsed();
  std::string id;
  if (!name.empty()) {
    const auto set = self.context.store.sets.find_set_by_name(name);
    if (!set) return;
    id = set->id;
  }
  const std::lock_guard hold(self.mutex);
  if (!id.empty()) return self.queue.put(id, now);
  for (const std::string& one : self.queue.names()) self.queue.put(one, now);
}

void ViewProver::wait_idle(Deadline deadline) {
  Impl& self = *impl_;
  std::unique_lock hold(self.mutex);
  self.idle.wait_for(hold, deadline.left(), [&] {
    return self.stopping || (!self.working && !self.queue.any_due(self.context.clock.elapsed()));
  });
}

void ViewProver::Impl::run(ViewProver& prover) {
  std::int64_t head = 0;
  while (!stopping) {
    const auto moved = context.store.feed.wait_for_change(head, Deadline::after(kPoll));
    if (moved) head = *moved;
    if (stopping) return;
    Result<std::size_t> proved = std::size_t{0};
    do {
      proved = prover.round();
    } while (proved && *proved > 0 && !stopping);
    if (!proved) context.log.error("proof.round", {{"error", proved.error().detail}});
    if (!proved || !moved) std::this_thread::sleep_for(kPoll);
  }
}

void ViewProver::start() {
  if (impl_->options.proofs.empty()) {
    // Nothing but to forget what was proved where nobody looks any more.
    const auto done = round();
    if (!done) impl_->context.log.error("proof.round", {{"error", done.error().detail}});
    return;
  }
  impl_->thread = std::thread([this] { impl_->run(*this); });
}

void ViewProver::stop() {
  impl_->stopping = true;
  impl_->idle.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
}

}  // namespace certstead
