#include "manager/roots_desk.h"

#include <algorithm>

#include "base/text.h"
#include "manager/new_version.h"

namespace certstead {
namespace {

constexpr std::size_t kPage = 500;
constexpr Duration kFetch = std::chrono::seconds{10};
// Issuers that are fetched one above the other.
constexpr int kFetchedLevels = 4;

// What is known leads to a root, or what the certificates say where to fetch does. Nothing that was fetched
// is an anchor.
Result<std::vector<Bytes>> best_chain(const HealthContext& context, const std::vector<Bytes>& chain,
                                      const std::vector<TrustedRoot>& roots) {
  const Instant now = context.base.clock.now();
  auto found = context.chains.complete(chain, {}, roots, now);
  std::vector<Bytes> fetched;
  Bytes top = chain.back();
  for (int level = 0; !found && level < kFetchedLevels; ++level) {
    auto issuers = context.revocation.fetch_issuers(top, Deadline::after(kFetch));
    if (!issuers || issuers->empty()) break;
    top = issuers->front();
    fetched.insert(fetched.end(), issuers->begin(), issuers->end());
    found = context.chains.complete(chain, fetched, roots, now);
  }
  return found;
}

// A chain without a root is no reason to take another one away; a longer way to the same end is none either.
bool is_better(const HealthContext& context, const std::vector<Bytes>& old, const std::vector<Bytes>& fresh,
               const std::vector<TrustedRoot>& roots) {
  if (old == fresh) return false;
  const auto report = context.chains.inspect(old, roots, context.base.clock.now());
  return !report || !report->root_known || fresh.size() < old.size();
}

}  // namespace

Result<RootView> RootsDesk::view_of(TrustedRoot root) {
  RootView out;
  TRY(out.used_by, context_.base.store.checks.sets_using(root));
  out.key_id = context_.chains.key_id(root.certificate).value_or("");
  out.root = std::move(root);
  return out;
}

Result<std::vector<RootView>> RootsDesk::list() {
  TRY(auto roots, context_.base.store.roots.list_roots());
  std::vector<RootView> out;
  for (TrustedRoot& root : roots) {
    TRY(RootView view, view_of(std::move(root)));
    out.push_back(std::move(view));
  }
  return out;
}

Result<RootView> RootsDesk::show(std::string_view name) {
  TRY(auto roots, context_.base.store.roots.list_roots());
  const auto found = std::ranges::find(roots, name, &TrustedRoot::name);
  if (found == roots.end()) {
    return not_found("there is no trusted root called \"" + printable(name, 100) +
                     "\"; `certstead roots list` shows them");
  }
  return view_of(std::move(*found));
}

Status RootsDesk::rechain_set(const CredentialSet& set, const std::vector<TrustedRoot>& roots, bool dry_run,
                              const Actor& actor, std::vector<Rechained>& out) {
  const StorePorts& store = context_.base.store;
  TRY(const auto versions, store.versions.versions(set.id));
  std::int64_t next = 1;
  for (const CredentialVersion& version : versions) next = std::max(next, version.version + 1);
  std::vector<CredentialVersions::NewChain> changes;
  for (const CredentialVersion& version : versions) {
    if (version.state != VersionState::kActive || version.chain.empty()) continue;
    Rechained done{set.name,
                   version.facts.serial,
                   version.key_type,
                   version.chain.size(),
                   version.chain.size(),
                   "unchanged",
                   ""};
    auto fresh = best_chain(context_, version.chain, roots);
    if (!fresh) {
      done.outcome = "open";
      done.detail = fresh.error().detail;
    } else if (is_better(context_, version.chain, *fresh, roots)) {
      done.after = fresh->size();
      done.outcome = fresh->size() > version.chain.size() ? "completed" : "replaced";
      CredentialVersion changed = version;
      changed.chain = std::move(*fresh);
      changed.version = next;
      CHECK_OK(sign_version(context_.base, set, changed));
      changes.push_back({version.id, version.chain, std::move(changed.chain), next, std::move(changed.signer),
                         std::move(changed.signature)});
    }
    out.push_back(std::move(done));
  }
  if (changes.empty() || dry_run) return Done{};
  const Status replaced = store.versions.replace_chains(
      set.id, changes, {actor.name, "chain.replace", set.name, std::to_string(changes.size())});
  if (replaced) return store.checks.make_due(set.id, context_.base.clock.now());
  if (replaced.error().code != Code::kConflict) return replaced;
  for (Rechained& one : out) {
    if (one.set != set.name || one.outcome == "unchanged" || one.outcome == "open") continue;
    one.outcome = "busy";
    one.after = one.before;
    one.detail = replaced.error().detail;
  }
  return Done{};
}

Result<std::vector<Rechained>> RootsDesk::rechain(std::string_view name, bool dry_run, const Actor& actor) {
  const StorePorts& store = context_.base.store;
  TRY(const auto roots, store.roots.list_roots());
  std::vector<Rechained> out;
  if (!name.empty()) {
    TRY(const CredentialSet set, store.sets.find_set_by_name(name));
    CHECK_OK(rechain_set(set, roots, dry_run, actor, out));
    return out;
  }
  std::vector<CredentialSet> page;
  for (std::string after;; after = page.back().name) {
    TRY(page, store.sets.list_sets(after, kPage));
    for (const CredentialSet& set : page) CHECK_OK(rechain_set(set, roots, dry_run, actor, out));
    if (page.size() < kPage) return out;
  }
}

}  // namespace certstead
