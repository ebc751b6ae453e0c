#include "manager/requests.h"

#include <algorithm>
#include <array>

#include "base/id.h"
#include "base/text.h"
#include "manager/accounts.h"
#include "manager/chosen_issuer.h"
#include "manager/dns_records.h"
#include "manager/manual_flow.h"
#include "manager/micro_ca_flow.h"
#include "manager/set_changes.h"

namespace certstead {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 9> kReasons = {{{"unspecified", 0},
                                                                       {"keyCompromise", 1},
                                                                       {"cACompromise", 2},
                                                                       {"affiliationChanged", 3},
                                                                       {"superseded", 4},
                                                                       {"cessationOfOperation", 5},
                                                                       {"certificateHold", 6},
                                                                       {"privilegeWithdrawn", 9},
                                                                       {"aACompromise", 10}}};

std::string without_hyphens(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '-' && c != '_') out += c;
  }
  return out;
}

template <class T>
void add_once(std::vector<T>& list, T value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

Result<std::vector<HostPattern>> parse_hosts(const std::vector<std::string>& hosts) {
  if (hosts.empty()) return invalid("a request needs at least one host name", "names-missing");
  std::vector<HostPattern> names;
  for (const std::string& host : hosts) {
    TRY(HostPattern pattern, HostPattern::parse(trim(host)));
    add_once(names, std::move(pattern));
  }
  return names;
}

Result<std::vector<KeyType>> parse_key_types(const std::vector<std::string>& texts) {
  if (texts.empty()) return std::vector{KeyType::kP256, KeyType::kRsa2048};
  std::vector<KeyType> types;
  for (const std::string& text : texts) {
    TRY(const KeyType type, parse_key_type(trim(text)));
    add_once(types, type);
  }
  return types;
}

// Words that a person chooses. What a view can't look up, or a line can't show, must not get into the store:
// a member that can't write one set into its view would hold up all others.
Status check_word(std::string_view word, std::string_view what) {
  constexpr std::size_t kMaxWord = 255;
  if (word.size() <= kMaxWord && printable(word, kMaxWord) == word) return Done{};
  return invalid("the " + std::string(what) + " \"" + printable(word, 60) +
                     "\" can't be used: write at most 255 bytes without control characters",
                 "word");
}

Status check_words(const RequestInput& input) {
  for (const std::string& tag : input.tags) {
    if (tag.empty()) return invalid("a tag has at least one character; leave the empty one out", "word");
    CHECK_OK(check_word(tag, "tag"));
  }
  CHECK_OK(check_word(input.profile, "profile"));
  return check_word(input.preferred_chain, "preferred chain");
}

// What the CA is known not to sign is refused here, before it costs an order.
Status check_against_issuer(const CredentialSet& set, const IssuerRecord& issuer, bool proves_over_dns) {
  for (const HostPattern& name : set.names) {
    if (!name.is_wildcard() || issuer.kind != "acme") continue;
    if (!issuer.wildcards)
      return invalid(issuer.name + " signs no wildcards; request the host names one by one",
                     "wildcard-issuer");
    if (proves_over_dns) continue;
    return invalid(name_for_people(name) +
                       ": a wildcard is proved over DNS only; add an account at the DNS provider of " +
                       name.domain().ascii() + " with `certstead dns add` first",
                   "wildcard-no-dns-account");
  }
  if (set.names.size() > issuer.max_names) {
    return invalid(issuer.name + " signs at most " + std::to_string(issuer.max_names) +
                       " names in one certificate, " + std::to_string(set.names.size()) +
                       " were given; make several sets of them",
                   "names-too-many");
  }
  for (const KeyType type : set.key_types) {
    const auto& types = issuer.key_types;
    if (types.empty() || std::find(types.begin(), types.end(), type) != types.end()) continue;
    return invalid(issuer.name + " does not sign " + std::string(key_type_name(type)) +
                       " keys; choose others with --key",
                   "key-type-issuer");
  }
  return Done{};
}

bool wants_the_same(const CredentialSet& a, const CredentialSet& b) {
  auto names_a = a.names;
  auto names_b = b.names;
  std::sort(names_a.begin(), names_a.end());
  std::sort(names_b.begin(), names_b.end());
  auto types_a = a.key_types;
  auto types_b = b.key_types;
  std::sort(types_a.begin(), types_a.end());
  std::sort(types_b.begin(), types_b.end());
  return names_a == names_b && types_a == types_b && a.flow == b.flow && a.issuer == b.issuer &&
         a.account == b.account && a.profile == b.profile && a.preferred_chain == b.preferred_chain &&
         a.reuse_key == b.reuse_key && a.exportable == b.exportable && a.tags == b.tags &&
         a.members == b.members && a.self_check == b.self_check;
}

std::string names_text(const CredentialSet& set) {
  std::vector<std::string> names;
  for (const HostPattern& name : set.names) names.push_back(name_for_people(name));
  return join(names, ", ");
}

AuditNote note_of(const Actor& actor, std::string action, const CredentialSet& set, std::string detail = {}) {
  return {actor.name, std::move(action), set.name, std::move(detail)};
}

Result<std::vector<std::string>> readers_of(const Context& context, const RequestInput& input) {
  TRY(const auto members, context.store.members.list_members());
  std::vector<std::string> ids;
  if (!input.members) {
    for (const MemberRecord& member : members) {
      if (member.role == "member" && member.all_credentials) ids.push_back(member.id);
    }
    return ids;
  }
  for (const std::string& wanted : *input.members) {
    const auto found = std::find_if(members.begin(), members.end(), [&](const MemberRecord& m) {
      return m.role == "member" && (m.id == wanted || m.name == wanted);
    });
    if (found == members.end()) {
      return invalid("there is no member \"" + printable(wanted, 60) + "\" in this fleet", "member-unknown");
    }
    add_once(ids, found->id);
  }
  return ids;
}

// The set that `input` describes, checked; not stored.
Result<CredentialSet> draft(const Context& context, const RequestInput& input, const IssuerRecord& issuer) {
  CredentialSet set;
  TRY(set.names, parse_hosts(input.hosts));
  TRY(set.key_types, parse_key_types(input.key_types));
  set.name = input.name.empty() ? set.names.front().domain().ascii() : input.name;
  CHECK_OK(check_set_name(set.name));
  CHECK_OK(check_words(input));
  set.issuer = issuer.name;
  set.flow = issuer.kind;
  if (issuer.kind == "acme") set.account = input.account.empty() ? "default" : input.account;
  set.profile = input.profile.empty() ? issuer.default_profile : input.profile;
  set.preferred_chain = input.preferred_chain;
  set.reuse_key = input.reuse_key;
  set.exportable = input.exportable;
  if (set.exportable) CHECK_OK(context.store.exports.export_identity());  // without it nobody could export
  set.self_check = input.self_check;
  set.tags = input.tags;
  TRY(set.members, readers_of(context, input));
  TRY(const bool over_dns, any_dns_account(context.store));
  CHECK_OK(check_against_issuer(set, issuer, over_dns));
  return set;
}

Result<ChosenIssuer> issuer_for(const Context& context, const RequestInput& input, const Actor& actor) {
  std::string name = input.issuer;
  if (name.empty()) {
    TRY(const auto setting, context.store.settings.setting("default-issuer"));
    if (!setting || setting->empty()) {
      return invalid(
          "no issuer is named and none is the default; add --issuer NAME (`certstead issuer list` shows "
          "them)",
          "issuer-missing");
    }
    name = *setting;
  }
  return choose_issuer(context, name, input.dry_run, actor);
}

// Edits what a request may change in a set that is there; serving goes on with the old versions.
void take_over(CredentialSet& set, const CredentialSet& wanted) {
  set.names = wanted.names;
  set.key_types = wanted.key_types;
  set.flow = wanted.flow;
  set.issuer = wanted.issuer;
  set.account = wanted.account;
  set.profile = wanted.profile;
  set.preferred_chain = wanted.preferred_chain;
  set.reuse_key = wanted.reuse_key;
  set.exportable = wanted.exportable;
  set.self_check = wanted.self_check;
  set.tags = wanted.tags;
  set.members = wanted.members;
}

std::string waiting_text(const std::string& name) {
  return name + " waits for its certificate: certstead csr " + name +
         " prints the request, certstead complete " + name + " FILE takes the answer, certstead cancel " +
         name + " gives it up";
}

// The CAs of these certificates must be ones that we can talk to.
Status check_revocable(const Context& context, const std::vector<CredentialVersion>& active) {
  for (const CredentialVersion& version : active) {
    const auto issuer = context.store.issuers.find_issuer(version.issuer);
    if (issuer && issuer->kind == kManual) return ManualFlow(*issuer).revoke(version, 0, Deadline::never());
  }
  return Done{};
}

}  // namespace

Result<int> parse_revocation_reason(std::string_view text) {
  const auto number = parse_number(text);
  const std::string word = without_hyphens(text);
  std::string known;
  for (const auto& [name, code] : kReasons) {
    if (equals_ignoring_case(word, name) || (number && static_cast<int>(*number) == code)) return code;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  return invalid("\"" + printable(text, 40) + "\" is no revocation reason; choose from " + known,
                 "revocation-reason");
}

Result<RequestOutcome> Requests::request(const RequestInput& input, const Actor& actor) {
  TRY(const ChosenIssuer chosen, issuer_for(context_, input, actor));
  const IssuerRecord& issuer = chosen.record;
  TRY(CredentialSet wanted, draft(context_, input, issuer));
  auto existing = context_.store.sets.find_set_by_name(wanted.name);
  if (!existing && existing.error().code != Code::kNotFound) return existing.error();

  const AccountInput account{wanted.issuer, wanted.account, input.email, "", input.agree_tos, "", {}};
  if (wanted.flow == "acme") CHECK_OK(AccountDesk(context_).check(account));
  RequestOutcome outcome;
  if (input.dry_run) {
    outcome.set = existing ? *existing : wanted;
    outcome.summary = (existing ? "would change " : "would request ") + wanted.name + " (" +
                      names_text(wanted) + ") from " + issuer.name;
    if (existing && wants_the_same(*existing, wanted))
      outcome.summary = "nothing to do: " + wanted.name + " is as asked for";
    return outcome;
  }
  if (wanted.flow == "acme") CHECK_OK(AccountDesk(context_).ensure(account, actor));

  if (existing && wants_the_same(*existing, wanted)) {
    outcome.set = *existing;
    if (existing->status == SetStatus::kIssued) {
      outcome.summary = "nothing to do: " + wanted.name + " is as asked for";
      return outcome;
    }
    if (existing->status == SetStatus::kWaiting) {
      outcome.summary = waiting_text(existing->name);
      return outcome;
    }
    TRY(outcome.job_id,
        start_issue(context_, *existing, "", context_.clock.now(), note_of(actor, "set.retry", wanted)));
    outcome.summary = "trying again now";
    return outcome;
  }
  if (existing) {
    TRY(outcome.set, change_set(
                         context_, existing->id, [&](CredentialSet& set) { take_over(set, wanted); },
                         note_of(actor, "set.change", wanted, names_text(wanted))));
    outcome.summary = "changed; the present certificates serve until the new ones are there";
  } else {
    wanted.id = make_id();
    wanted.status = SetStatus::kPending;
    wanted.created = context_.clock.now();
    CHECK_OK(
        context_.store.sets.create_set(wanted, note_of(actor, "set.request", wanted, names_text(wanted))));
    TRY(outcome.set, context_.store.sets.find_set(wanted.id));
    outcome.created = true;
    outcome.summary = "requested";
  }
  if (chosen.made) outcome.summary += "; " + made_text(issuer);
  TRY(outcome.job_id, start_issue(context_, outcome.set, existing ? "forced" : "", context_.clock.now(),
                                  note_of(actor, "set.issue", outcome.set)));
  return outcome;
}

Result<RequestOutcome> Requests::renew(std::string_view name, bool force, const Actor& actor) {
  RequestOutcome outcome;
  TRY(outcome.set, context_.store.sets.find_set_by_name(name));
  const CredentialSet& set = outcome.set;
  const Instant now = context_.clock.now();
  const bool due = set.status != SetStatus::kIssued || (set.renew_at && *set.renew_at <= now);
  if (!force && !due) {
    outcome.summary = "nothing to do: " + set.name + " is renewed at " +
                      (set.renew_at ? to_rfc3339(*set.renew_at) : std::string("no set time")) +
                      "; --force renews now";
    return outcome;
  }
  if (set.flow == "import") {
    return conflict(set.name +
                        " was imported, and nobody renews it here; import the renewed certificate, or "
                        "let an issuer take it over (certstead import --take-over ISSUER)",
                    "set-imported");
  }
  if (set.status == SetStatus::kWaiting) {
    outcome.summary = waiting_text(set.name);
    return outcome;
  }
  if (set.status == SetStatus::kRevoking) {
    return conflict(set.name + " is being revoked; wait for that job to end", "set-busy");
  }
  TRY(outcome.job_id, start_issue(context_, set, force ? "forced" : "", now,
                                  note_of(actor, "set.renew", set, force ? "forced" : "due")));
  outcome.summary = "renewal started";
  return outcome;
}

Result<RequestOutcome> Requests::revoke(std::string_view name, int reason, bool leave_empty,
                                        const Actor& actor) {
  RequestOutcome outcome;
  TRY(outcome.set, context_.store.sets.find_set_by_name(name));
  CredentialSet& set = outcome.set;
  TRY(const auto active, context_.store.versions.active_versions(set.id));
  if (active.empty() && leave_empty && set.status == SetStatus::kRevoked) {
    outcome.summary = "nothing to do: the certificates of " + set.name + " are revoked already";
    return outcome;
  }
  if (active.empty()) return conflict(set.name + " has no active certificate to revoke", "nothing-active");
  for (const CredentialVersion& version : active) {
    if (!version.issuer.empty()) continue;
    return conflict("the certificate of " + set.name +
                        " was imported, so no account here can revoke it; have its "
                        "CA revoke the serial " +
                        version.facts.serial,
                    "set-imported");
  }
  CHECK_OK(check_revocable(context_, active));
  Job job;
  job.id = make_id();
  job.kind = JobKind::kRevoke;
  job.set_id = set.id;
  job.set_name = set.name;
  job.argument = std::to_string(reason) + (leave_empty ? " leave-empty" : " replace");
  for (const CredentialVersion& version : active) job.argument += " " + version.id;
  job.run_at = job.created = context_.clock.now();
  const AuditNote note = note_of(actor, "set.revoke", set, "reason " + std::to_string(reason));
  if (!leave_empty) CHECK_OK(start_issue(context_, set, "fresh-key", job.run_at, note));
  TRY(outcome.job_id, context_.store.jobs.add_job(job));
  if (leave_empty) {
    TRY(set, change_set(
                 context_, set.id, [](CredentialSet& s) { s.status = SetStatus::kRevoking; }, note));
  }
  outcome.summary = leave_empty ? "revocation started; nothing is served for it afterwards"
                                : "revocation started; new certificates are requested";
  return outcome;
}

Status Requests::remove(std::string_view name, const Actor& actor) {
  TRY(const CredentialSet set, context_.store.sets.find_set_by_name(name));
  return context_.store.sets.delete_set(set.id, note_of(actor, "set.delete", set));
}

}  // namespace certstead
