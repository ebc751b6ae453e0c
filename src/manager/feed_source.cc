#include "manager/feed_source.h"

#include <algorithm>

namespace certstead {
namespace {

constexpr std::size_t kBatch = 500;
constexpr Duration kManifestLife = std::chrono::hours{1};
constexpr Duration kReportPause = std::chrono::seconds{1};  // while changes come in a row
constexpr Duration kStillThere = std::chrono::minutes{1};   // of a member that has everything

bool may_read(const CredentialSet& set, std::string_view member) {
  return std::find(set.members.begin(), set.members.end(), member) != set.members.end();
}

// The set as `member` is to see it: its active credentials with that member's grants, or its removal.
Result<FeedItem> item_of_set(const StorePorts& store, const CredentialSet& set, std::string_view member) {
  FeedSet item;
  item.set_id = set.id;
  if (!may_read(set, member)) return FeedItem(FeedRemoval{set.id});
  TRY(const auto active, store.versions.active_versions(set.id));
  for (const CredentialVersion& version : active) {
    FeedCredential credential = feed_credential(set, version);
    const auto grant = std::find_if(version.grants.begin(), version.grants.end(),
                                    [&](const Grant& g) { return g.recipient == member; });
    if (grant == version.grants.end()) continue;
    credential.grant = *grant;
    item.credentials.push_back(std::move(credential));
  }
  if (item.credentials.empty()) return FeedItem(FeedRemoval{set.id});
  return FeedItem(std::move(item));
}

// The ticket secrets of a set as `member` is to have them; nothing if it has no grant of all.
Result<std::optional<FeedItem>> tickets_of_set(const StorePorts& store, std::string_view set_id,
                                               std::string_view member) {
  TRY(const auto tickets, store.tickets.find_tickets(set_id));
  if (!tickets) return std::optional<FeedItem>();
  FeedTickets item{tickets->set_id, tickets->generation, {}};
  for (const TicketSecret& one : tickets->secrets) {
    const auto grant = std::find_if(one.grants.begin(), one.grants.end(),
                                    [&](const Grant& g) { return g.recipient == member; });
    if (grant == one.grants.end()) return std::optional<FeedItem>();
    item.secrets.push_back({one.secret, *grant});
  }
  return std::optional<FeedItem>(std::move(item));
}

// A set that can't be handed out as it is: its members keep what they have of it, and say so.
FeedItem not_told(const std::string& set_id) { return FeedSet{set_id, {}}; }

// A set and, behind it, its tickets. One whose records can't be read keeps nobody from the others.
Status add_set(const StorePorts& store, const CredentialSet& set, Manifest& manifest) {
  auto read = item_of_set(store, set, manifest.audience);
  if (!read && read.error().code == Code::kUnavailable) return read.error();
  if (!read) {
    manifest.items.push_back(not_told(set.id));
    return Done{};
  }
  FeedItem item = std::move(*read);
  const bool there = std::holds_alternative<FeedSet>(item);
  if (there || !manifest.full) manifest.items.push_back(std::move(item));
  if (!there) return Done{};
  auto tickets = tickets_of_set(store, set.id, manifest.audience);
  if (!tickets && tickets.error().code == Code::kUnavailable) return tickets.error();
  if (tickets && *tickets) manifest.items.push_back(std::move(**tickets));
  return Done{};
}

Status add_change(const StorePorts& store, const FeedChange& change, Manifest& manifest) {
  if (change.kind == "challenge") {
    auto challenge = store.challenges.find_challenge(change.object);
    if (!challenge && challenge.error().code != Code::kNotFound) return challenge.error();
    manifest.items.push_back(challenge
                                 ? FeedItem(FeedChallenge{challenge->token, challenge->key_authorization})
                                 : FeedItem(FeedChallengeGone{change.object}));
    return Done{};
  }
  if (change.kind == "tickets") {
    TRY(auto tickets, tickets_of_set(store, change.object, manifest.audience));
    if (tickets) manifest.items.push_back(std::move(*tickets));
    return Done{};
  }
  const auto set = store.sets.find_set(change.object);
  if (set) return add_set(store, *set, manifest);
  if (set.error().code != Code::kNotFound) return set.error();
  manifest.items.emplace_back(FeedRemoval{change.object});
  return Done{};
}

Status add_everything(const StorePorts& store, Manifest& manifest) {
  for (std::string after;;) {
    TRY(const auto sets, store.sets.list_sets(after, kBatch));
    if (sets.empty()) break;
    for (const CredentialSet& set : sets) CHECK_OK(add_set(store, set, manifest));
    after = sets.back().name;
  }
  TRY(const auto challenges, store.challenges.list_challenges());
  for (const PublishedChallenge& challenge : challenges) {
    manifest.items.emplace_back(FeedChallenge{challenge.token, challenge.key_authorization});
  }
  return Done{};
}

}  // namespace

// Signs it; if something in it passes the bounds of a manifest, without the sets that do.
Result<SignedManifest> FeedSource::sign(Manifest manifest) {
  auto signed_manifest = signer_.sign_manifest(manifest);
  if (signed_manifest || signed_manifest.error().code != Code::kInvalid) return signed_manifest;
  Manifest alone = manifest;
  for (FeedItem& item : manifest.items) {
    const auto* set = std::get_if<FeedSet>(&item);
    if (set == nullptr) continue;
    alone.items = {item};
    if (!signer_.sign_manifest(alone)) item = not_told(set->set_id);
  }
  return signer_.sign_manifest(manifest);
}

bool FeedSource::is_to_report(const std::string& member, std::int64_t seq, bool has_everything) {
  const Instant now = clock_.now();
  const std::lock_guard hold(mutex_);
  const auto known = reported_.find(member);
  if (known != reported_.end() && now >= known->second.at) {
    const Duration age = now - known->second.at;
    const bool moved = known->second.seq != seq;
    if (!moved && !(has_everything && age >= kStillThere)) return false;
    if (moved && !has_everything && age < kReportPause) return false;
  }
  reported_[member] = {seq, now};
  return true;
}

// A store that can't take it down keeps nobody from what is new: the next pull tries again.
void FeedSource::note_position(std::string_view member, std::int64_t seq, bool has_everything) {
  const std::string id(member);
  if (!is_to_report(id, seq, has_everything)) return;
  if (store_.members.report_applied(member, seq, clock_.now())) return;
  const std::lock_guard hold(mutex_);
  reported_.erase(id);
}

Result<SignedManifest> FeedSource::pull(std::string_view member, std::int64_t epoch, std::int64_t since,
                                        Deadline deadline) {
  TRY(const StoreIdentity identity, store_.settings.identity());
  Manifest manifest;
  manifest.store_id = identity.store_id;
  manifest.epoch = identity.epoch;
  manifest.audience = member;
  manifest.full = since == 0 || epoch != identity.epoch || since > identity.seq;
  if (manifest.full) {
    note_position(member, 0, false);
    manifest.to_seq = identity.seq;  // read before the content: what changes meanwhile comes once more
    // Of a store in which nothing ever changed the member has everything already.
    if (identity.seq == 0 && epoch == identity.epoch) {
      TRY(const std::int64_t head, store_.feed.wait_for_change(0, deadline));
      static_cast<void>(head);
    }
    CHECK_OK(add_everything(store_, manifest));
  } else {
    manifest.from_seq = manifest.to_seq = since;
    TRY(auto changes, store_.feed.changes_after(since, kBatch));
    note_position(member, since, changes.empty());
    for (std::int64_t head = since; changes.empty() && !deadline.passed();) {
      TRY(head, store_.feed.wait_for_change(head, deadline));
      TRY(changes, store_.feed.changes_after(since, kBatch));
    }
    for (const FeedChange& change : changes) {
      CHECK_OK(add_change(store_, change, manifest));
      manifest.to_seq = change.seq;
    }
  }
  manifest.issued = clock_.now();
  manifest.expires = manifest.issued + kManifestLife;
  return sign(std::move(manifest));
}

}  // namespace certstead
