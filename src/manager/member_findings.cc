#include "manager/member_findings.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kCounted = 1000;

std::string count_of(std::size_t changes) {
  if (changes == 1) return "1 change";
  return std::to_string(changes) + (changes >= kCounted ? " changes or more" : " changes");
}

Finding lagging(const MemberRecord& member, std::size_t changes, Duration late) {
  const std::string came =
      member.applied_seq == 0 ? "has never applied anything" : "has been " + count_of(changes) + " behind";
  return {late > kMemberIsLost ? Health::kRed : Health::kYellow, "member-lags", "member " + member.id,
          "member " + printable(member.id, 80) + " (" + printable(member.name, 80) + ") " + came + " for " +
              describe(late) +
              ": what is issued does not reach its views; look for member.pull in the log of that host, and "
              "at the space on the disk of its views"};
}

}  // namespace

Result<std::vector<Finding>> member_findings(const StorePorts& store, Instant now, Instant since) {
  std::vector<Finding> out;
  TRY(const auto members, store.members.list_members());
  for (const MemberRecord& member : members) {
    if (member.role != "member") continue;
    const Duration late = now - std::max(member.last_seen.value_or(member.created), since);
    if (late <= kMemberLags) continue;
    TRY(const auto missing, store.feed.changes_after(member.applied_seq, kCounted));
    if (!missing.empty()) out.push_back(lagging(member, missing.size(), late));
  }
  return out;
}

}  // namespace certstead
