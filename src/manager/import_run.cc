#include "manager/import_run.h"

#include <algorithm>
#include <future>
#include <map>
#include <utility>

#include "base/id.h"
#include "base/parallel.h"
#include "base/text.h"
#include "manager/accounts.h"
#include "manager/chosen_issuer.h"
#include "manager/dns_records.h"
#include "manager/new_version.h"
#include "manager/set_readers.h"
#include "model/renewal.h"
#include "model/set_name.h"

namespace certstead {
namespace {

// Sets that are sealed and committed together.
constexpr std::size_t kGroup = 500;
constexpr std::string_view kFlow = "import", kAcme = "acme";

// After the first host name; after the first wildcard if there are only these.
std::string default_name(const ImportedSet& found) {
  if (found.names.empty()) return {};
  const auto host = std::ranges::find(found.names, false, &HostPattern::is_wildcard);
  return set_name_after(host == found.names.end() ? found.names.front() : *host);
}

bool same_names(std::vector<HostPattern> a, std::vector<HostPattern> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

const CredentialVersion* with_type(const std::vector<CredentialVersion>& versions, KeyType type) {
  const auto at = std::ranges::find(versions, type, &CredentialVersion::key_type);
  return at == versions.end() ? nullptr : &*at;
}

// The same leaf with a chain that is not longer brings nothing new.
bool brings_nothing(const ImportedSet& found, const std::vector<CredentialVersion>& active) {
  return std::ranges::all_of(found.credentials, [&](const ImportedCredential& one) {
    const CredentialVersion* const now = with_type(active, one.key_type);
    return now != nullptr && now->facts.fingerprint == one.facts.fingerprint &&
           now->chain.size() >= one.chain.size();
  });
}

Status check_not_older(const ImportedSet& found, const std::vector<CredentialVersion>& active, Instant now) {
  for (const ImportedCredential& one : found.credentials) {
    const CredentialVersion* const present = with_type(active, one.key_type);
    const bool older = present != nullptr && now <= present->facts.not_after &&
                       one.facts.not_before < present->facts.not_before;
    if (!older) continue;
    return conflict("the active " + std::string(key_type_name(one.key_type)) + " certificate, from " +
                        to_rfc3339(present->facts.not_before) + ", is newer than the imported one, from " +
                        to_rfc3339(one.facts.not_before) + "; --replace takes the older one all the same",
                    "import-older");
  }
  return Done{};
}

void set_key_types(CredentialSet& set, const ImportedSet& found, bool keep_others) {
  if (!keep_others) set.key_types.clear();
  for (const ImportedCredential& one : found.credentials) {
    if (std::ranges::find(set.key_types, one.key_type) == set.key_types.end())
      set.key_types.push_back(one.key_type);
  }
}

}  // namespace

Status ImportRun::prepare() {
  TRY(members_, context_.store.members.list_members());
  auto identity = context_.store.exports.export_identity();
  if (identity) export_reader_ = {std::string(kExportRecipient), std::move(identity->certificate)};
  // Without it nobody could ever take them out.
  if (!identity && (order_.exportable || identity.error().code != Code::kNotFound)) return identity.error();
  if (order_.take_over.empty()) return Done{};
  TRY(ChosenIssuer chosen, choose_issuer(context_, order_.take_over, order_.dry_run, actor_));
  issuer_ = std::move(chosen.record);
  issuer_made_ = chosen.made;
  if (issuer_->kind != kAcme) return Done{};  // needs no account
  TRY(over_dns_, any_dns_account(context_.store));
  const auto account = AccountDesk(context_).show(issuer_->name, "default");
  if (account || account.error().code != Code::kNotFound) return account ? Status(Done{}) : account.error();
  return denied("there is no account at " + issuer_->name +
                    " that could renew; make one first: certstead account add " + issuer_->name,
                "account-needed");
}

Status ImportRun::plan_new(ImportPlan& plan) {
  CredentialSet& set = plan.activation.set;
  plan.activation.create = true;
  set.id = make_id();
  set.name = plan.outcome.name;
  set.flow = kFlow;
  set.created = now_;
  set.names = plan.found.names;
  set.exportable = order_.exportable;
  set_key_types(set, plan.found, false);
  for (const MemberRecord& member : members_) {
    if (member.role == "member" && member.all_credentials) set.members.push_back(member.id);
  }
  plan.outcome.action = ImportAction::kCreated;
  plan.to_do = true;
  return Done{};
}

Status ImportRun::plan_existing(ImportPlan& plan, const CredentialSet& existing) {
  const bool same = same_names(existing.names, plan.found.names);
  TRY(const auto versions, context_.store.versions.versions(existing.id));
  std::vector<CredentialVersion> active;
  for (const CredentialVersion& version : versions) {
    plan.next_version = std::max(plan.next_version, version.version + 1);
    if (version.state == VersionState::kActive) active.push_back(version);
  }
  CredentialSet& set = plan.activation.set = existing;
  // A key that is to be exportable from now on is sealed anew.
  const bool more_readers = order_.exportable && !existing.exportable;
  if (same && !more_readers && brings_nothing(plan.found, active)) {
    plan.outcome.action = ImportAction::kUnchanged;
    return Done{};
  }
  if (existing.flow != kFlow && !order_.replace) {
    return conflict(
        "the credential set " + existing.name + " is managed by " + existing.flow +
            "; import under another name (--name), or let --replace put the imported one in its place",
        "import-other-flow");
  }
  if (existing.flow != kFlow && !same) {
    return conflict("the imported certificate has other names than the credential set " + existing.name +
                        ", which " + existing.flow + " manages; import it under another name (--name)",
                    "import-names");
  }
  if (!order_.replace) CHECK_OK(check_not_older(plan.found, active, now_));
  plan.activation.keep_other_types = same;
  set.names = plan.found.names;
  set.exportable = existing.exportable || order_.exportable;
  set_key_types(set, plan.found, same);
  plan.outcome.action = ImportAction::kUpdated;
  plan.to_do = true;
  return Done{};
}

ImportPlan ImportRun::plan(ImportedSet found) {
  ImportPlan plan;
  plan.found = std::move(found);
  plan.outcome.names = plan.found.names;
  for (const ImportedCredential& one : plan.found.credentials) {
    plan.outcome.certificates.push_back(one.facts);
    for (const std::string& warning : one.warnings)
      plan.outcome.warnings.push_back(std::string(key_type_name(one.key_type)) + ": " + warning);
  }
  plan.outcome.name = order_.name.empty() ? default_name(plan.found) : order_.name;
  const auto planned = [&]() -> Status {
    if (plan.outcome.name.empty())
      return invalid("the certificate names no host; give the set a name (--name)", "set-name");
    if (plan.found.names.size() > kMaxImportedNames)
      return invalid("it has more than 1000 names, which members don't take", "names-too-many");
    const auto existing = context_.store.sets.find_set_by_name(plan.outcome.name);
    if (!existing && existing.error().code != Code::kNotFound) return existing.error();
    return existing ? plan_existing(plan, *existing) : plan_new(plan);
  }();
  if (!planned) plan.outcome.error = planned.error();
  if (!planned) return plan;
  const bool managed = plan.activation.set.flow != kFlow;
  if (!managed) take_over(plan);
  plan.set_only = !managed && !plan.to_do && plan.activation.set.flow != kFlow;
  if (plan.set_only) plan.outcome.action = ImportAction::kUpdated;
  return plan;
}

// From now on the issuer renews it, if it can: without a DNS account nothing proves a wildcard to a CA that
// speaks ACME.
void ImportRun::take_over(ImportPlan& plan) {
  if (!issuer_) return;
  CredentialSet& set = plan.activation.set;
  const auto refuse = [&](const std::string& why) {
    plan.outcome.warnings.push_back(issuer_->name + " can't renew it: " + why);
  };
  if (set.names.empty()) return refuse("it names no host");
  const bool acme = issuer_->kind == kAcme, wild = std::ranges::any_of(set.names, &HostPattern::is_wildcard);
  if (acme && wild && !issuer_->wildcards) return refuse("it signs no wildcards");
  if (acme && wild && !over_dns_)
    return refuse("a wildcard is proved over DNS only; add a DNS account with `certstead dns add` first");
  const auto signs = [&](KeyType type) {
    return issuer_->key_types.empty() ||
           std::ranges::find(issuer_->key_types, type) != issuer_->key_types.end();
  };
  if (!std::ranges::all_of(set.key_types, signs)) return refuse("it does not sign keys of this type");
  if (set.names.size() > issuer_->max_names) return refuse("it does not sign so many names");
  if (std::exchange(issuer_made_, false)) plan.outcome.warnings.push_back(made_text(*issuer_));
  set.flow = issuer_->kind;
  set.issuer = issuer_->name;
  set.account = acme ? "default" : "";
  set.profile = issuer_->default_profile;
  set.renew_why = "last third";
  set.renew_at = Instant::max();
  for (const ImportedCredential& one : plan.found.credentials)
    set.renew_at = std::min(*set.renew_at, renew_at(one.facts.not_before, one.facts.not_after, set.id));
}

Result<CredentialVersion> ImportRun::seal_one(const ImportPlan& plan, const ImportedCredential& credential) {
  const CredentialSet& set = plan.activation.set;
  CredentialVersion version;
  version.id = make_id();
  version.set_id = set.id;
  version.key_type = credential.key_type;
  version.version = plan.next_version;
  version.chain = credential.chain;
  version.facts = credential.facts;
  version.activated = now_;
  // Who can open the key: the managers, the members of the set, and the export identity of an exportable one.
  std::vector<Recipient> readers = recipients_among(members_, set);
  if (set.exportable && export_reader_) readers.push_back(*export_reader_);
  const SecretRef ref{"credential", set.id + "/" + std::string(key_type_name(credential.key_type)), "key",
                      version.version};
  TRY(Sealed sealed, context_.sealer.seal(ref, credential.key, readers));
  version.key = std::move(sealed.secret);
  version.grants = std::move(sealed.grants);
  CHECK_OK(sign_version(context_, set, version));
  return version;
}

Status ImportRun::seal(ImportPlan& plan) {
  CredentialSet& set = plan.activation.set;
  set.status = SetStatus::kIssued;
  set.operation = {};
  set.operation.last_try = now_;
  for (const ImportedCredential& one : plan.found.credentials) {
    TRY(CredentialVersion version, seal_one(plan, one));
    plan.activation.fresh.push_back(std::move(version));
  }
  plan.activation.note = {actor_.name, "set.import", set.name, plan.found.credentials.front().facts.serial};
  return Done{};
}

void ImportRun::store_set(ImportPlan& plan) {
  const CredentialSet& set = plan.activation.set;
  const auto stored = context_.store.sets.update_set(
      set, {actor_.name, "set.take-over", set.name, "renewed by " + set.issuer + " from now on"});
  if (!stored) plan.outcome.error = stored.error();
}

ImportRun::SealedGroup ImportRun::seal_group(std::vector<ImportPlan>& plans, std::size_t first,
                                             std::size_t last) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = first; i < last; ++i) {
    if (plans[i].outcome.error) continue;
    if (plans[i].to_do) chosen.push_back(i);
    if (plans[i].set_only) store_set(plans[i]);
  }
  for_each_parallel(chosen.size(), [&](std::size_t i) {
    ImportPlan& plan = plans[chosen[i]];
    const Status sealed = seal(plan);
    if (!sealed) plan.outcome.error = sealed.error();
  });
  SealedGroup out;
  for (const std::size_t i : chosen) {
    if (plans[i].outcome.error) continue;
    out.plans.push_back(i);
    out.activations.push_back(std::move(plans[i].activation));
  }
  return out;
}

void ImportRun::store_group(std::vector<ImportPlan>& plans, const SealedGroup& group) {
  const std::vector<Status> stored = bulk_.activate_many(group.activations);
  for (std::size_t i = 0; i < group.plans.size(); ++i) {
    if (!stored[i]) plans[group.plans[i]].outcome.error = stored[i].error();
  }
}

// While the writer commits one group, the next one is sealed: neither touches a plan of the other.
void ImportRun::carry_out(std::vector<ImportPlan>& plans) {
  std::future<void> storing;
  for (std::size_t at = 0; at < plans.size(); at += kGroup) {
    SealedGroup group = seal_group(plans, at, std::min(plans.size(), at + kGroup));
    if (storing.valid()) storing.get();
    storing = std::async(std::launch::async,
                         [this, &plans, group = std::move(group)] { store_group(plans, group); });
  }
  if (storing.valid()) storing.get();
}

Result<ImportOutcome> ImportRun::run(ImportReading reading) {
  CHECK_OK(prepare());
  std::vector<ImportPlan> plans;
  plans.reserve(reading.sets.size());
  std::map<std::string, std::size_t> taken;
  for (ImportedSet& found : reading.sets) {
    ImportPlan next = plan(std::move(found));
    if (!next.outcome.error && !taken.try_emplace(next.outcome.name, plans.size()).second) {
      next.outcome.error = conflict("another credential in these files is called " + next.outcome.name +
                                        " too, with other names; import this one by itself, with --name",
                                    "import-name-taken");
    }
    plans.push_back(std::move(next));
  }
  if (!order_.dry_run) carry_out(plans);
  ImportOutcome outcome{{}, std::move(reading.used), std::move(reading.dropped)};
  outcome.sets.reserve(plans.size());
  for (ImportPlan& one : plans) {
    if (one.outcome.error) one.outcome.action = ImportAction::kFailed;
    outcome.sets.push_back(std::move(one.outcome));
  }
  if (!order_.dry_run) {
    context_.log.info("import.done", {{"actor", actor_.name},
                                      {"created", outcome.count(ImportAction::kCreated)},
                                      {"updated", outcome.count(ImportAction::kUpdated)},
                                      {"unchanged", outcome.count(ImportAction::kUnchanged)},
                                      {"failed", outcome.count(ImportAction::kFailed)}});
  }
  return outcome;
}

}  // namespace certstead
