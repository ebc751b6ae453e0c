#include "manager/watch_checks.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

constexpr Duration kTermsInterval = std::chrono::hours{24};
// A watched address that went wrong is looked at again sooner, so that its mending shows.
constexpr Duration kSoonest = std::chrono::minutes{15};

// The last good answer stays, and since when there is none is kept.
void note_revocation(VersionCheck& check, const RevocationAnswer& answer, Instant now) {
  check.revocation_source = answer.source;
  check.revocation_detail = answer.detail;
  if (answer.status != RevocationStatus::kUnknown) {
    check.revocation = answer.status;
    check.revoked_at = answer.revoked_at;
    check.revocation_reason = answer.reason;
    check.unknown_since.reset();
    if (answer.status != RevocationStatus::kNotOffered) check.revocation_known_at = now;
    return;
  }
  if (!check.unknown_since) check.unknown_since = now;
  // Revoked once is revoked for ever, even if nobody says so any more.
  if (check.revocation != RevocationStatus::kRevoked) check.revocation = RevocationStatus::kUnknown;
}

Status check_version(const HealthContext& context, const WatchOptions& options, VersionCheck check,
                     const std::vector<TrustedRoot>& roots) {
  const StorePorts& store = context.base.store;
  const Instant now = context.base.clock.now();
  TRY(const auto active, store.versions.active_versions(check.set_id));
  const auto version = std::ranges::find(active, check.version_id, &CredentialVersion::id);
  if (version == active.end()) return Done{};
  const auto report = context.chains.inspect(version->chain, roots, now);
  if (report) {
    check.key = report->key;
    check.signature = report->signature;
    check.weaknesses = report->weaknesses;
    check.root_known = report->root_known;
    check.top_issuer = report->top_issuer;
    check.chain_problem = report->root_known ? "" : printable(report->problem);
  } else {
    check.root_known = false;
    check.chain_problem = report.error().detail;
  }
  note_revocation(check, context.revocation.ask(version->chain, now, Deadline::after(options.call_timeout)),
                  now);
  check.checked_at = now;
  check.next_check = now + (check.unknown_since ? options.retry_interval : options.check_interval);
  const Status stored = store.checks.put_check(check);
  return stored || stored.error().code == Code::kNotFound ? Status(Done{}) : stored;
}

WatchResult result_of(const Result<ProbeFacts>& seen, std::vector<Finding> findings, Instant now) {
  WatchResult out{now, std::move(findings), {}, {}, {}, {}, {}, {}};
  if (!seen) return out;
  out.address = seen->address;
  out.protocol = seen->protocol;
  out.serial = seen->leaf.serial;
  out.issuer = seen->leaf.issuer;
  out.fingerprint = seen->leaf.fingerprint;
  out.not_after = seen->leaf.not_after;
  return out;
}

}  // namespace

Result<std::size_t> run_version_checks(const HealthContext& context, const WatchOptions& options) {
  const StorePorts& store = context.base.store;
  TRY(const auto due, store.checks.checks_due(context.base.clock.now(), options.checks));
  if (due.empty()) return std::size_t{0};
  TRY(const auto roots, store.roots.list_roots());
  for (const VersionCheck& check : due) CHECK_OK(check_version(context, options, check, roots));
  return due.size();
}

Result<std::size_t> run_handshakes(const HealthContext& context, const WatchOptions& options) {
  const StorePorts& store = context.base.store;
  const Instant now = context.base.clock.now();
  TRY(const auto due, store.watches.watches_due(now, options.handshakes));
  if (due.empty()) return std::size_t{0};
  TRY(const HealthSettings settings, read_health_settings(store.settings));
  TRY(const auto roots, store.roots.list_roots());
  std::vector<Bytes> certificates;
  for (const TrustedRoot& root : roots) certificates.push_back(root.certificate);
  const std::string pem = context.base.inspector.to_pem(certificates);
  for (const WatchRecord& record : due) {
    const auto seen = context.prober.probe(record.watch, pem, now, Deadline::after(options.call_timeout));
    std::optional<ChainReport> chain;
    if (seen) {
      auto report = context.chains.inspect(seen->chain, roots, now);
      if (report) chain = std::move(*report);
    }
    WatchResult result = result_of(seen, watch_findings(record.watch, seen, chain, now), now);
    const Duration pause =
        result.findings.empty() ? settings.watch_interval : std::min(settings.watch_interval, kSoonest);
    const Status kept = store.watches.put_result(record.watch.name, result, now + pause);
    if (!kept && kept.error().code != Code::kNotFound) return kept.error();
  }
  return due.size();
}

Status look_at_terms(const HealthContext& context, const WatchOptions& options) {
  const StorePorts& store = context.base.store;
  const Instant now = context.base.clock.now();
  TRY(const auto accounts, store.accounts.list_accounts());
  for (const Account& account : accounts) {
    if (account.status != "valid" || account.agreed_terms.empty()) continue;
    const std::string what = "terms:" + account.issuer;
    TRY(const auto last, store.beats.beat(what));
    if (last && now - *last < kTermsInterval) continue;
    CHECK_OK(store.beats.put_beat(what, now));
    auto issuer = store.issuers.find_issuer(account.issuer);
    if (!issuer) continue;
    const auto facts = context.base.authority.directory(*issuer, Deadline::after(options.call_timeout));
    if (!facts || facts->terms_of_service.empty() || facts->terms_of_service == issuer->terms_seen) {
      return Done{};
    }
    issuer->terms_seen = facts->terms_of_service;
    const auto kept = store.issuers.update_issuer(
        *issuer, {"watch", "issuer.terms", issuer->name, facts->terms_of_service});
    return kept || kept.error().code == Code::kConflict ? Status(Done{}) : Status(kept.error());
  }
  return Done{};
}

}  // namespace certstead
