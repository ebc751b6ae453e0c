#include "model/due_notices.h"

#include <algorithm>

namespace certstead {
namespace {

Notice notice_of(const Finding& finding, std::string event, Instant now) {
  return {finding.subject, finding.id, std::move(event), finding.severity, finding.detail, now};
}

Duration pause_of(Health severity, const NotifySettings& settings) {
  return severity == Health::kRed ? settings.repeat : settings.repeat * 4;
}

// One entry for each id: two certificates of a set that expire are one message with both sentences.
std::vector<Finding> by_id(const std::vector<Finding>& findings) {
  std::vector<Finding> out;
  for (const Finding& finding : findings) {
    const auto same = std::ranges::find(out, finding.id, &Finding::id);
    if (same == out.end()) {
      out.push_back(finding);
      continue;
    }
    same->detail += "; " + finding.detail;
    same->severity = std::max(same->severity, finding.severity);
  }
  return out;
}

}  // namespace

DueNotices due_notices(Instant now, const std::vector<Finding>& findings, const std::vector<Told>& told,
                       const NotifySettings& settings) {
  DueNotices out;
  const std::vector<Finding> standing = by_id(findings);
  for (const Finding& finding : standing) {
    const auto before = std::ranges::find(told, finding.id, &Told::id);
    Told record{finding.subject, finding.id, finding.severity, finding.detail, now, now};
    if (before == told.end() || finding.severity > before->severity) {
      out.notices.push_back(notice_of(finding, "new", now));
    } else if (now - before->last >= pause_of(finding.severity, settings)) {
      out.notices.push_back(notice_of(finding, "again", now));
    } else {
      record.last = before->last;
    }
    if (before != told.end()) record.first = before->first;
    out.told.push_back(std::move(record));
  }
  for (const Told& one : told) {
    if (std::ranges::find(standing, one.id, &Finding::id) != standing.end()) continue;
    out.notices.push_back({one.subject, one.id, "over", Health::kGreen, "over: " + one.detail, now});
  }
  return out;
}

Instant send_at(Instant now, const NotifySettings& settings) {
  if (!settings.digest) return now;
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const Instant today = day + std::chrono::hours{settings.digest_hour};
  return today >= now ? today : today + std::chrono::days{1};
}

Duration delivery_pause(int failures) {
  const int doublings = std::clamp(failures - 1, 0, 6);
  return std::min<Duration>(std::chrono::minutes{1} * (1 << doublings), std::chrono::hours{1});
}

}  // namespace certstead
