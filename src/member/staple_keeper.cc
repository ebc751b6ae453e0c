#include "member/staple_keeper.h"

#include <algorithm>

#include "crypto/digest.h"

namespace certstead {
namespace {

constexpr std::size_t kPage = 500;
constexpr Duration kRetry = std::chrono::hours{1};
constexpr Instant kNever = Instant::max();

bool is_due(const std::optional<StapleRecord>& there, Instant now) {
  return !there || now >= there->this_update + (there->next_update - there->this_update) / 2;
}

}  // namespace

Result<std::vector<Bytes>> StapleKeeper::chain_of(const ViewKeeper& view,
                                                  const CredentialRecord& record) const {
  TRY(StoredCredential stored, view.reader().load(record.id));
  std::vector<Bytes> chain{std::move(stored.record.leaf)};
  for (Bytes& one : stored.intermediates) chain.push_back(std::move(one));
  return chain;
}

Status StapleKeeper::look_at(ViewKeeper& view, const CredentialRecord& record, const Bytes& leaf_sha256,
                             Duration one_call) {
  const Instant now = clock_.now();
  const auto wait = not_before_.find(leaf_sha256);
  if (wait != not_before_.end() && now < wait->second) return Done{};
  TRY(const auto there, view.reader().staple(leaf_sha256));
  if (!is_due(there, now)) return Done{};
  const auto chain = chain_of(view, record);
  // Replaced meanwhile: the new one comes in the next round.
  if (!chain) return chain.error().code == Code::kNotFound ? Status(Done{}) : Status(chain.error());
  const auto staple = source_.fetch_staple(*chain, now, Deadline::after(one_call));
  if (!staple) {
    not_before_[leaf_sha256] = now + kRetry;
    log_.warning("member.staple", {{"view", view.name()},
                                   {"set", record.set_name},
                                   {"version", record.id},
                                   {"error", staple.error().detail}});
    return Done{};
  }
  if (!*staple) {
    not_before_[leaf_sha256] = kNever;
    return Done{};
  }
  not_before_.erase(leaf_sha256);
  return view.put_staple(leaf_sha256, {(*staple)->response, (*staple)->this_update, (*staple)->next_update});
}

Status StapleKeeper::round(const std::function<bool()>& stopping, Duration one_call) {
  std::set<Bytes> seen;
  for (const auto& view : views_) {
    std::set<Bytes> needed;
    for (std::string after;;) {
      TRY(const auto page, view->reader().list(after, kPage));
      if (page.empty()) break;
      for (const CredentialRecord& record : page) {
        if (stopping()) return Done{};
        const Bytes digest = sha256(record.leaf);
        needed.insert(digest);
        CHECK_OK(look_at(*view, record, digest, one_call));
      }
      after = page.back().id;
    }
    CHECK_OK(view->keep_staples(needed));
    seen.merge(needed);
  }
  std::erase_if(not_before_, [&](const auto& entry) { return !seen.contains(entry.first); });
  return Done{};
}

}  // namespace certstead
