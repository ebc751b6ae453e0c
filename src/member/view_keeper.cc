#include "member/view_keeper.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/key.h"
#include "model/tickets.h"

namespace certstead {
namespace {

// The view's own note of what was let into it.
constexpr std::string_view kFilter = "member-sets";
constexpr std::string_view kRefused = "member-refused";

// What the filter let through lies in the view, and the feed tells of changes only: with another filter the
// view forgets where it is, and a full manifest comes.
Status note_filter(ViewWriter& writer, const ViewReader& reader, const std::vector<std::string>& sets) {
  const std::string wanted = join(sets, "\n");
  TRY(const std::optional<std::string> there, reader.policy(kFilter));
  if (there.value_or("") == wanted) return Done{};
  TRY(ViewBatch batch, writer.begin());
  CHECK_OK(batch.set_policy(kFilter, wanted));
  CHECK_OK(batch.set_meta({}));
  return batch.commit();
}

std::string ids_of(const FeedSet& set) {
  std::vector<std::string> ids;
  for (const FeedCredential& credential : set.credentials) ids.push_back(credential.version_id);
  return join(ids, ",");
}

}  // namespace

Result<std::unique_ptr<ViewKeeper>> ViewKeeper::open(ViewConfig config) {
  TRY(ViewKey key, ViewKey::load_or_create(config.directory, config.group));
  ViewWriterOptions options;
  options.group = config.group;
  TRY(auto writer, ViewWriter::open(config.directory, options));
  TRY(auto reader, ViewReader::open(config.directory));
  CHECK_OK(note_filter(*writer, *reader, config.sets));
  TRY(const std::optional<std::string> refused, reader->policy(kRefused));
  std::unique_ptr<ViewKeeper> keeper(
      new ViewKeeper(std::move(config), std::move(key), std::move(writer), std::move(reader)));
  keeper->refused_ = parse_refused(refused.value_or(""));
  return keeper;
}

bool ViewKeeper::wants(const std::string& set_name) const {
  if (config_.sets.empty()) return true;
  return std::find(config_.sets.begin(), config_.sets.end(), set_name) != config_.sets.end();
}

ViewHolding ViewKeeper::holding(std::string_view set_id) const {
  ViewHolding out{"", config_.name, {}, ""};
  auto ids = reader_->credentials_of(set_id);
  if (!ids) {
    out.refused = "the view can't be read: " + ids.error().detail;
    return out;
  }
  out.versions = std::move(*ids);
  const std::lock_guard hold(refused_mutex_);
  const auto found = refused_.find(std::string(set_id));
  if (found != refused_.end()) out.refused = found->second.reason;
  return out;
}

// A set with all that goes with it.
Status ViewKeeper::remove_set(Applying& to, const std::string& set_id) const {
  CHECK_OK(to.batch.remove_set(set_id));
  to.refused.erase(set_id);
  return to.batch.remove_ticket(set_id);
}

// The credential as the view keeps it, if its writer is a manager, its key opens and is the leaf's.
Result<NewCredential> ViewKeeper::open_credential(const FeedCredential& credential,
                                                  MemberVault& vault) const {
  if (credential.chain.empty()) return invalid("the credential has no certificate", "credential-empty");
  TRY(const SecretBytes secret, vault.open_key(credential));
  TRY(const PrivateKey key, PrivateKey::from_der(secret.reveal()));
  TRY(const Certificate leaf, Certificate::from_der(credential.chain.front()));
  if (!leaf.matches(key)) return denied("its private key is not that of its certificate", "credential-mixed");
  NewCredential out;
  CredentialRecord& record = out.record;
  record.id = credential.version_id;
  record.set_name = credential.set_name;
  record.version = credential.version;
  record.key_type = credential.key_type;
  record.names = credential.names;
  record.tags = credential.tags;
  record.not_before = credential.not_before;
  record.not_after = credential.not_after;
  record.leaf = credential.chain.front();
  TRY(record.sealed_key, key_.seal(record.id, record.version, secret));
  out.intermediates.assign(credential.chain.begin() + 1, credential.chain.end());
  return out;
}

Result<std::vector<NewCredential>> ViewKeeper::open_set(const FeedSet& set, MemberVault& vault) const {
  if (set.credentials.empty()) {
    return denied(
        "the manager could not hand it out: a record of it is damaged, or larger than a manifest holds",
        "set-not-told");
  }
  std::vector<NewCredential> credentials;
  for (const FeedCredential& credential : set.credentials) {
    if (credential.set_id != set.set_id)
      return denied("it belongs to another set than the one it came in", "credential-mixed");
    TRY(NewCredential opened, open_credential(credential, vault));
    credentials.push_back(std::move(opened));
  }
  return credentials;
}

void ViewKeeper::refuse(Applying& to, const FeedSet& set, const Error& why) const {
  RefusedSet refused{ids_of(set), printable(why.detail, 1000)};
  RefusedSet& known = to.refused[set.set_id];
  if (known == refused) return;
  known = std::move(refused);
  to.log.error("member.refused",
               {{"view", config_.name},
                {"set", set.credentials.empty() ? set.set_id : set.credentials.front().set_name},
                {"versions", known.what},
                {"reason", why.detail}});
}

// Of a set in which something is not to be believed, or can't be held, the view keeps what it had.
Status ViewKeeper::apply_set(Applying& to, const FeedSet& set) const {
  if (!set.credentials.empty() && !wants(set.credentials.front().set_name)) return remove_set(to, set.set_id);
  const auto credentials = open_set(set, to.vault);
  if (!credentials) {
    refuse(to, set, credentials.error());
    return Done{};
  }
  TRY(const Status sound, to.batch.check_set(set.set_id, *credentials));
  if (!sound) {
    refuse(to, set, sound.error());
    return Done{};
  }
  to.refused.erase(set.set_id);
  return to.batch.replace_set(set.set_id, *credentials);
}

// The secrets as the view keeps them, if a manager sealed each of them for its place.
Result<TicketRecord> ViewKeeper::open_tickets(const FeedTickets& tickets, MemberVault& vault) const {
  TicketRecord record{tickets.generation, {}};
  std::int64_t generation = tickets.generation - 1;
  for (const auto& [secret, grant] : tickets.secrets) {
    if (secret.ref != ticket_ref(tickets.set_id, generation)) {
      return denied("a ticket secret stands in another's place", "ticket-mixed");
    }
    if (!grant) return denied("a ticket secret is not granted to this member", "grant");
    TRY(const SecretBytes opened, vault.open(secret, *grant));
    TRY(Bytes sealed, key_.seal(tickets.set_id, generation, opened));
    record.sealed.push_back(std::move(sealed));
    ++generation;
  }
  return record;
}

// Sets that are not in this view have no tickets in it. What can't be believed leaves those of before.
Status ViewKeeper::apply_tickets(ViewBatch& batch, const FeedTickets& tickets, MemberVault& vault,
                                 LogSink& log) const {
  TRY(const bool there, batch.has_set(tickets.set_id));
  if (!there) return batch.remove_ticket(tickets.set_id);
  const auto record = open_tickets(tickets, vault);
  if (record) return batch.put_ticket(tickets.set_id, *record);
  log.error("member.refused-tickets",
            {{"view", config_.name}, {"set", tickets.set_id}, {"reason", record.error().detail}});
  return Done{};
}

// After a full manifest only what it names stays.
Status ViewKeeper::remove_unnamed(Applying& to, const Manifest& manifest) const {
  std::set<std::string> sets;
  std::set<std::string> tokens;
  for (const FeedItem& item : manifest.items) {
    if (const auto* set = std::get_if<FeedSet>(&item)) sets.insert(set->set_id);
    if (const auto* challenge = std::get_if<FeedChallenge>(&item)) tokens.insert(challenge->token);
  }
  TRY(const auto present, to.batch.sets());
  for (const std::string& id : present) {
    if (sets.count(id) == 0) CHECK_OK(remove_set(to, id));
  }
  std::erase_if(to.refused, [&](const auto& one) { return sets.count(one.first) == 0; });
  TRY(const auto shown, to.batch.http01_tokens());
  for (const std::string& token : shown) {
    if (tokens.count(token) == 0) CHECK_OK(to.batch.remove_http01(token));
  }
  return Done{};
}

Status ViewKeeper::apply_item(Applying& to, const FeedItem& item) const {
  if (const auto* set = std::get_if<FeedSet>(&item)) return apply_set(to, *set);
  if (const auto* removal = std::get_if<FeedRemoval>(&item)) return remove_set(to, removal->set_id);
  if (const auto* tickets = std::get_if<FeedTickets>(&item))
    return apply_tickets(to.batch, *tickets, to.vault, to.log);
  if (const auto* gone = std::get_if<FeedChallengeGone>(&item)) return to.batch.remove_http01(gone->token);
  const auto& challenge = std::get<FeedChallenge>(item);
  const Status shown = to.batch.put_http01(challenge.token, challenge.key_authorization);
  if (shown || shown.error().id != "bad-token") return shown;
  to.log.error("member.refused-challenge", {{"view", config_.name}, {"reason", shown.error().detail}});
  return Done{};
}

Status ViewKeeper::apply(const Manifest& manifest, MemberVault& vault, LogSink& log) {
  const std::lock_guard hold(writing_);
  return apply_locked(manifest, vault, log);
}

Status ViewKeeper::apply_locked(const Manifest& manifest, MemberVault& vault, LogSink& log) {
  TRY(ViewBatch batch, writer_->begin());
  TRY(const ViewMeta before, batch.meta());
  if (!manifest.full) {
    const bool follows = before.store_id == manifest.store_id && before.epoch == manifest.epoch &&
                         manifest.from_seq <= before.applied_seq;
    if (!follows)
      return conflict("the manifest does not follow on what the view " + config_.name + " holds", "view-gap");
    if (manifest.to_seq <= before.applied_seq) return Done{};  // seen before
  } else if (before.store_id == manifest.store_id &&
             (manifest.epoch < before.epoch ||
              (manifest.epoch == before.epoch && manifest.to_seq < before.applied_seq))) {
    return denied(
        "the manifest is older than what the view " + config_.name + " holds; nothing was taken from it",
        "manifest-rollback");
  }
  Applying to{batch, vault, log, {}};
  {
    const std::lock_guard hold(refused_mutex_);
    to.refused = refused_;
  }
  const RefusedSets refused_before = to.refused;
  if (manifest.full) CHECK_OK(remove_unnamed(to, manifest));
  for (const FeedItem& item : manifest.items) CHECK_OK(apply_item(to, item));
  if (to.refused != refused_before) CHECK_OK(batch.set_policy(kRefused, refused_text(to.refused)));
  CHECK_OK(batch.set_meta({manifest.store_id, manifest.epoch, manifest.to_seq}));
  CHECK_OK(batch.commit());
  const std::lock_guard hold(refused_mutex_);
  refused_ = std::move(to.refused);
  return Done{};
}

Status ViewKeeper::put_staple(BytesView leaf_sha256, const StapleRecord& staple) {
  const std::lock_guard hold(writing_);
  TRY(ViewBatch batch, writer_->begin());
  CHECK_OK(batch.put_staple(leaf_sha256, staple));
  return batch.commit();
}

Status ViewKeeper::keep_staples(const std::set<Bytes>& leaves) {
  const std::lock_guard hold(writing_);
  TRY(ViewBatch batch, writer_->begin());
  TRY(const auto there, batch.staples());
  bool changed = false;
  for (const std::string& leaf : there) {
    if (leaves.contains(to_bytes(leaf))) continue;
    CHECK_OK(batch.remove_staple(view_bytes(leaf)));
    changed = true;
  }
  return changed ? batch.commit() : Status(Done{});
}

Status ViewKeeper::set_lookup_log(bool on) {
  const std::lock_guard hold(writing_);
  TRY(ViewBatch batch, writer_->begin());
  CHECK_OK(batch.set_policy("lookup-log", on ? "on" : ""));
  return batch.commit();
}

Status ViewKeeper::check_readers() {
  TRY(const int freed, writer_->check_readers());
  static_cast<void>(freed);
  return Done{};
}

}  // namespace certstead
