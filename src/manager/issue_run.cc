#include "manager/issue_run.h"

#include <algorithm>
#include <thread>

#include "manager/budget.h"
#include "manager/new_order.h"
#include "manager/new_version.h"
#include "manager/order_facts.h"
#include "manager/set_changes.h"
#include "manager/set_readers.h"
#include "model/backoff.h"
#include "model/renewal.h"

namespace certstead {
namespace {

constexpr Duration kLease = std::chrono::minutes{2};
constexpr Duration kNap = std::chrono::milliseconds{50};

// What stands between us and the DNS is not the CA's fault: its order waits, and it does not count as a
// failed one.
Error waiting(Error error) {
  if (!order_survives(error)) error.code = Code::kUnavailable;
  return error;
}

}  // namespace

Status IssueRun::record(const Order& order, std::string_view progress) {
  return context_.store.orders.record_step(order, job_.fence, progress);
}

Status IssueRun::load() {
  TRY(set_, context_.store.sets.find_set(job_.set_id));
  TRY(auto all, context_.store.orders.orders_of_set(set_.id));
  for (Order& order : all) {
    const bool wanted =
        std::find(set_.key_types.begin(), set_.key_types.end(), order.key_type) != set_.key_types.end();
    const bool fits = wanted && order.names == set_.names && order.issuer == set_.issuer &&
                      order.account == set_.account && order.profile == set_.profile && order.error.empty() &&
                      (order.key.empty() || granted_to_export(order.grants) == set_.exportable);
    if (fits) {
      order.job_id = job_.id;  // a person's answer ended the job that had made it
      orders_.push_back(std::move(order));
    } else {
      CHECK_OK(context_.store.orders.remove_order(order.id));
    }
  }
  return Done{};
}

// A run that ended between activation and the job's own record: the work is there.
Result<bool> IssueRun::already_done() {
  if (!orders_.empty() || set_.status != SetStatus::kIssued) return false;
  TRY(const auto active, context_.store.versions.active_versions(set_.id));
  return !active.empty() && active.front().activated >= job_.created;
}

Result<std::optional<RunOutcome>> IssueRun::check_budget(const std::vector<KeyType>& missing,
                                                         const std::vector<CredentialVersion>& versions) {
  const IssuerRecord& issuer = flow_->issuer();
  const Instant now = context_.clock.now();
  if (issuer.max_failures_per_hour > 0) {
    TRY(const int failures,
        context_.store.issuers.count_usage(issuer.name, "failure", set_.name, now - std::chrono::hours{1}));
    if (failures >= issuer.max_failures_per_hour) {
      CHECK_OK(context_.store.jobs.add_progress(
          job_.id, now, "waiting: too many tries at " + issuer.name + " failed within the last hour"));
      return RunOutcome::wait(now + std::chrono::minutes{5});
    }
  }
  const auto lines = budget_lines(set_, issuer, order_wish(set_, missing, versions), context_.domains);
  TRY(const auto wait, context_.store.issuers.take_budget(issuer.name, lines, now));
  if (!wait) return std::nullopt;
  CHECK_OK(context_.store.jobs.add_progress(job_.id, now, describe_wait(issuer, *wait)));
  return RunOutcome::wait(wait->until);
}

Result<std::optional<RunOutcome>> IssueRun::make_orders() {
  std::vector<KeyType> missing;
  for (const KeyType type : set_.key_types) {
    const bool there = std::any_of(orders_.begin(), orders_.end(),
                                   [&](const Order& order) { return order.key_type == type; });
    if (!there) missing.push_back(type);
  }
  if (missing.empty()) return std::nullopt;
  TRY(const auto versions, context_.store.versions.versions(set_.id));
  TRY(auto wait, check_budget(missing, versions));
  if (wait) return wait;
  std::int64_t next = 1;
  for (const CredentialVersion& version : versions) next = std::max(next, version.version + 1);
  for (const KeyType type : missing) {
    Order order = new_order(set_, job_, type, versions);
    order.version = orders_.empty() ? next : std::max(next, orders_.front().version);
    order.created = context_.clock.now();
    CHECK_OK(context_.store.orders.create_order(order, job_.fence));
    orders_.push_back(std::move(order));
  }
  return std::nullopt;
}

Status IssueRun::make_key(Order& order) {
  SecretBytes key;
  if (set_.reuse_key && job_.argument != "fresh-key") {
    TRY(const auto active, context_.store.versions.active_versions(set_.id));
    for (const CredentialVersion& version : active) {
      if (version.key_type != order.key_type) continue;
      // A key that was made to stay here stays here: from now on there is another one.
      if (set_.exportable && !granted_to_export(version.grants)) continue;
      TRY(key, context_.sealer.open(version.key, version.grants));
    }
  }
  if (key.empty()) {
    TRY(key, context_.key_maker.make_key(order.key_type));
  }
  TRY(order.csr, context_.key_maker.make_csr(key, order.names));
  TRY(const auto recipients, readers_of_set(context_, set_));
  const SecretRef ref{"credential", order.set_id + "/" + key_text(order), "key", order.version};
  TRY(Sealed sealed, context_.sealer.seal(ref, key, recipients));
  order.key = std::move(sealed.secret);
  order.grants = std::move(sealed.grants);
  return record(order, key_text(order) + ": key made and sealed");
}

Status IssueRun::publish(Order& order, std::size_t index) {
  ChosenChallenge& challenge = *order.authorizations.at(index).challenge;
  const std::string& domain = order.authorizations.at(index).identifier;
  TRY(const std::int64_t seq,
      context_.store.challenges.publish_challenge(
          {challenge.token, challenge.key_authorization, order.id, domain, context_.clock.now()}));
  challenge.published = true;
  CHECK_OK(record(order, domain_text(order, index) + " challenge published"));
  return context_.members.wait_applied(seq, Deadline::after(options_.member_timeout));
}

Status IssueRun::plan(Order& order) {
  for (const Order& other : orders_) {
    if (!other.planned || other.names != order.names) continue;
    order.plan = other.plan;
    order.planned = true;
    return record(order, "");
  }
  const auto account = context_.store.accounts.find_account(order.issuer, order.account);
  if (!account && account.error().code != Code::kNotFound) return account.error();
  auto plan = dns_.plan(order.names, account ? account->url : "");
  if (!plan) {
    failure_ = waiting(plan.error());
    return Done{};
  }
  order.plan = std::move(*plan);
  order.planned = true;
  return record(order, "");
}

Status IssueRun::go_on_together() {
  std::vector<DnsRun::Part> unpublished, unchecked;
  for (Order* order : std::exchange(parked_, {})) {
    for (std::size_t i = 0; i < order->authorizations.size(); ++i) {
      if (!proves_over_dns(order->authorizations[i])) continue;
      const ChosenChallenge& one = *order->authorizations[i].challenge;
      if (!one.published) unpublished.push_back({order, i});
      if (one.published && !one.checked && !one.answered) unchecked.push_back({order, i});
    }
  }
  const bool publishes = !unpublished.empty();
  const auto& parts = publishes ? unpublished : unchecked;
  const Status done = publishes ? dns_.publish(parts) : dns_.check(parts);
  if (!done) failure_ = waiting(done.error());
  for (const auto& [order, index] : parts) {
    const ChosenChallenge& one = *order->authorizations[index].challenge;
    if (publishes ? !one.published : !one.checked) continue;
    CHECK_OK(record(*order, domain_text(*order, index) + dns_progress(one)));
  }
  return Done{};
}

Status IssueRun::accept(Order& order) {
  TRY(const auto roots, context_.store.roots.list_roots());
  TRY(const auto versions, context_.store.versions.versions(set_.id));
  Expected expected{order.csr, order.names, {}, context_.clock.now()};
  for (const CredentialVersion& version : versions)
    expected.previous_fingerprints.push_back(version.facts.fingerprint);
  const auto checked = context_.chains.check(order.chain, expected, roots);
  if (!checked) {
    order.error = "the certificate that " + order.issuer + " sent is not accepted: " + checked.error().detail;
    order.error_id = checked.error().id;
    return record(order, order.error);
  }
  order.chain = checked->chain;
  order.chain_accepted = true;
  for (const std::string& warning : checked->warnings) {
    CHECK_OK(context_.store.jobs.add_progress(job_.id, context_.clock.now(), "note: " + warning));
  }
  return record(order, key_text(order) + ": certificate checked");
}

// The answer is taken away as soon as no authorization of the order waits for it.
Status IssueRun::withdraw_if_over(const Order& before, const Order& after) {
  if (!challenges_published(after) || !challenges_open(before) || challenges_open(after)) return Done{};
  if (context_.dns != nullptr) CHECK_OK(context_.dns->withdraw(after.id));
  return context_.store.challenges.withdraw_challenges(after.id);
}

Status IssueRun::outside(Order& order, const Step& step) {
  if (has_outside_effect(step)) {
    order.step_begun = step_name(step);
    if (std::holds_alternative<CreateOrder>(step)) ++order.create_attempts;
    CHECK_OK(record(order, ""));
  }
  auto advanced = flow_->advance(order, step, Deadline::after(options_.call_timeout));
  if (!advanced) {
    failure_ = advanced.error();
    return Done{};
  }
  const Order before = std::exchange(order, std::move(*advanced));
  order.step_begun.clear();
  if (is_poll(step) && same_at_the_ca(before, order)) return Done{};
  CHECK_OK(record(order, progress_of(order, step)));
  return withdraw_if_over(before, order);
}

Result<bool> IssueRun::go_on(Order& order) {
  const Step step = flow_->next_step(order, context_.clock.now());
  if (const auto* wait = std::get_if<WaitUntil>(&step)) {
    note_wait(wait->at);
    return false;
  }
  if (std::holds_alternative<Complete>(step)) return false;
  if (std::holds_alternative<AwaitAnswer>(step)) {
    awaits_answer_ = true;
    return false;
  }
  if (const auto* give_up = std::get_if<GiveUp>(&step)) {
    failure_ = give_up->error;
    if (order_survives(*failure_)) failure_->code = Code::kInvalid;  // the order is over, whatever the reason
    return false;
  }
  if (over_dns(order, step)) {
    parked_.push_back(&order);
    return false;
  }
  if (std::holds_alternative<MakeKey>(step)) {
    CHECK_OK(make_key(order));
  } else if (std::holds_alternative<PlanChallenges>(step)) {
    CHECK_OK(plan(order));
  } else if (const auto* publish_step = std::get_if<PublishChallenge>(&step)) {
    const Status shown = publish(order, publish_step->index);
    if (!shown && shown.error().code != Code::kUnavailable) return shown.error();
    if (!shown) failure_ = shown.error();
  } else if (std::holds_alternative<AcceptChain>(step)) {
    CHECK_OK(accept(order));
  } else {
    CHECK_OK(outside(order, step));
  }
  return true;
}

Status IssueRun::keep_lease() {
  const Duration now = context_.clock.elapsed();
  if (now - lease_from_ < kLease / 4) return Done{};
  lease_from_ = now;
  return context_.store.jobs.extend_lease(job_.id, job_.fence, context_.clock.now() + kLease);
}

Result<RunOutcome> IssueRun::walk() {
  for (;;) {
    if (stopping_()) return RunOutcome::wait(context_.clock.now());
    CHECK_OK(keep_lease());
    next_ = Instant::max();
    bool moved = false;
    for (Order& order : orders_) {
      TRY(const bool went_on, go_on(order));
      moved = moved || went_on;
      if (failure_) {
        TRY(const bool recovered, flow_->recover(*failure_));
        if (recovered) failure_.reset();
      }
      if (failure_) return fail(*failure_);
    }
    if (!moved && !parked_.empty()) {
      CHECK_OK(go_on_together());
      if (failure_) return fail(*failure_);
      continue;
    }
    parked_.clear();
    if (moved) continue;
    const bool complete =
        std::all_of(orders_.begin(), orders_.end(), [](const Order& o) { return o.chain_accepted; });
    if (complete) return activate();
    if (awaits_answer_ && next_ == Instant::max()) return await_answer();
    const Instant now = context_.clock.now();
    if (next_ - now > options_.short_wait) return RunOutcome::wait(next_);
    std::this_thread::sleep_for(std::clamp(next_ - now, Duration{1}, kNap));
  }
}

Result<RunOutcome> IssueRun::activate() {
  TRY(const auto recipients, readers_of_set(context_, set_));
  std::vector<CredentialVersion> fresh;
  for (const Order& order : orders_) {
    TRY(CredentialVersion version, version_from(context_, set_, order, recipients));
    fresh.push_back(std::move(version));
  }
  const Instant now = context_.clock.now();
  const bool offers_renewal_info = flow_->offers_renewal_info(Deadline::after(options_.call_timeout));
  for (int i = 0; i < 8; ++i) {
    set_.status = SetStatus::kIssued;
    set_.operation = {};
    set_.operation.last_try = now;
    set_.renew_at = Instant::max();
    for (const CredentialVersion& version : fresh) {
      set_.renew_at =
          std::min(*set_.renew_at, renew_at(version.facts.not_before, version.facts.not_after, set_.id));
    }
    set_.renew_why = "last third";
    set_.ari_poll_at.reset();
    if (offers_renewal_info) set_.ari_poll_at = now;
    const Status done = context_.store.versions.activate(
        set_, fresh, job_.id, job_.fence,
        {"scheduler", "version.activate", set_.name, fresh.front().facts.serial});
    if (done) {
      context_.log.info("set.activated", {{"set", set_.name}, {"serial", fresh.front().facts.serial}});
      CHECK_OK(context_.store.jobs.add_progress(job_.id, now, "activated: key and chain are live"));
      return RunOutcome::done();
    }
    if (done.error().code != Code::kConflict) return done.error();
    // Somebody changed the set meanwhile, or took the job over; a stale fence shows at the lease.
    CHECK_OK(context_.store.jobs.extend_lease(job_.id, job_.fence, now + kLease));
    TRY(set_, context_.store.sets.find_set(set_.id));
  }
  return conflict("set " + set_.name + " keeps changing while its certificates are activated", "set-busy");
}

// The job is done; complete() starts another one when the answers are there. Orders of no job can be changed
// without a fence.
Result<RunOutcome> IssueRun::await_answer() {
  for (Order& order : orders_) {
    if (order.chain_accepted) continue;
    CHECK_OK(context_.store.jobs.add_progress(job_.id, context_.clock.now(),
                                              key_text(order) +
                                                  ": waiting for the certificate; certstead csr " +
                                                  set_.name + " prints the request"));
  }
  TRY(set_, change_set(context_, set_.id,
                       [&](CredentialSet& set) {
                         set.status = SetStatus::kWaiting;
                         set.operation = {};
                         set.operation.last_try = context_.clock.now();
                         set.renew_at.reset();
                         set.ari_poll_at.reset();
                       },
                       {"scheduler", "set.waiting", set_.name, ""}));
  return RunOutcome::done();
}

Result<RunOutcome> IssueRun::fail(const Error& error) {
  const Instant now = context_.clock.now();
  if (!order_survives(error)) {
    for (const Order& order : orders_) CHECK_OK(context_.store.orders.remove_order(order.id));
    CHECK_OK(context_.store.issuers.add_usage(set_.issuer, "failure", set_.name, now));
  }
  Duration pause = backoff(set_.operation.failures + 1, set_.id);
  if (error.retry_after) pause = std::max<Duration>(pause, *error.retry_after);
  if (error.id.starts_with("certificate-")) pause = std::max(pause, kPauseAfterBadCertificate);
  const Instant next = now + pause;
  TRY(set_, change_set(context_, set_.id,
                       [&](CredentialSet& set) {
                         ++set.operation.failures;
                         set.operation.last_error = error.detail;
                         set.operation.last_error_id =
                             error.id.empty() ? std::string(code_name(error.code)) : error.id;
                         set.operation.last_try = now;
                         set.operation.next_try = next;
                         if (set.status == SetStatus::kPending) set.status = SetStatus::kError;
                       },
                       {"scheduler", "set.failed", set_.name, error.detail}));
  context_.log.warning("set.failed",
                       {{"set", set_.name}, {"error", error.detail}, {"next_try", to_rfc3339(next)}});
  CHECK_OK(context_.store.jobs.add_progress(job_.id, now, "failed: " + error.detail));
  return RunOutcome::failed(error, next);
}

Result<RunOutcome> IssueRun::run() {
  lease_from_ = context_.clock.elapsed();
  const Status loaded = load();
  if (!loaded && loaded.error().code == Code::kNotFound) return RunOutcome::done();  // deleted meanwhile
  if (!loaded) return loaded.error();
  TRY(const bool there, already_done());
  if (there) return RunOutcome::done();
  auto opened = open_flow(context_, set_.issuer, set_.account);
  if (!opened) return fail(opened.error());
  flow_ = std::move(*opened);
  TRY(const auto wait, make_orders());
  if (wait) return *wait;
  return walk();
}

}  // namespace certstead
