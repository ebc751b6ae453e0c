#include "api/health_render.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

boost::json::value render_result(const std::optional<WatchResult>& result) {
  if (!result) return nullptr;
  return boost::json::object{{"at", to_rfc3339(result->at)},
                             {"status", health_name(worst_of(result->findings))},
                             {"findings", render_all(result->findings)},
                             {"address", printable(result->address)},
                             {"protocol", printable(result->protocol)},
                             {"serial", result->serial},
                             {"issuer", printable(result->issuer)},
                             {"fingerprint", result->fingerprint},
                             {"not_after", json_time(result->not_after)}};
}

boost::json::object render(const GroupedFinding& group) {
  boost::json::object out = render(group.finding);
  out.erase("subject");
  boost::json::array subjects;
  for (const std::string& subject : group.subjects) subjects.emplace_back(printable(subject));
  out["subjects"] = std::move(subjects);
  out["count"] = group.count;
  return out;
}

std::int64_t hours_of(Duration span) { return span / std::chrono::hours{1}; }

}  // namespace

boost::json::object render(const Finding& finding) {
  return {{"severity", health_name(finding.severity)},
          {"id", finding.id},
          {"subject", printable(finding.subject)},
          {"detail", printable(finding.detail, 2000)}};
}

boost::json::object render(const HealthView& view) {
  boost::json::array findings;
  for (const GroupedFinding& group : view.findings) findings.emplace_back(render(group));
  return {{"overall", health_name(view.overall)},
          {"sets", {{"green", view.green}, {"yellow", view.yellow}, {"red", view.red}}},
          {"findings", std::move(findings)},
          {"last_round", json_time(view.last_round)}};
}

boost::json::object render(const WatchRecord& record) {
  const UrlWatch& watch = record.watch;
  return {{"name", watch.name},
          {"host", watch.host},
          {"port", watch.port},
          {"starttls", watch.starttls},
          {"server_name", watch.server_name},
          {"roots", watch.roots},
          {"created", to_rfc3339(watch.created)},
          {"next_check", to_rfc3339(record.next_check)},
          {"last", render_result(record.last)},
          {"before", render_result(record.before)}};
}

boost::json::object render(const HealthSettings& settings) {
  boost::json::array networks;
  for (const std::string_view block : split(settings.revocation_networks, ',')) {
    if (!block.empty()) networks.emplace_back(block);
  }
  return {{"failures", settings.notify.failures},
          {"repeat_hours", hours_of(settings.notify.repeat)},
          {"digest", settings.notify.digest},
          {"digest_hour", settings.notify.digest_hour},
          {"heartbeat_minutes", settings.notify.heartbeat / std::chrono::minutes{1}},
          {"watch_hours", hours_of(settings.watch_interval)},
          {"revocation_networks", std::move(networks)}};
}

boost::json::object render(const NotifyTargetView& view) {
  const NotifyTarget& target = view.target;
  return {{"name", target.name},
          {"kind", target.kind},
          {"url", printable(target.url)},
          {"heartbeat", target.heartbeat},
          {"server", printable(target.server)},
          {"from", printable(target.from)},
          {"to", json_strings(target.to)},
          {"user", printable(target.user)},
          {"tls", target.tls},
          {"own_roots", !target.trusted_pem.empty()},
          {"has_secret", !target.secret.empty()},
          {"created", to_rfc3339(target.created)},
          {"waiting", view.waiting}};
}

boost::json::object render(const RootView& view) {
  boost::json::object out = render(view.root);
  out["kind"] = view.root.self_signed ? "root" : "intermediate";
  out["key_id"] = view.key_id;
  out["used_by"] = view.used_by;
  return out;
}

boost::json::object render(const Rechained& done) {
  return {{"set", done.set},
          {"key_type", key_type_name(done.key_type)},
          {"serial", done.serial},
          {"before", done.before},
          {"after", done.after},
          {"outcome", done.outcome},
          {"detail", printable(done.detail, 1000)}};
}

boost::json::value render_check(const std::vector<VersionCheck>& checks, std::string_view version_id) {
  const auto check = std::ranges::find(checks, version_id, &VersionCheck::version_id);
  if (check == checks.end() || !check->checked_at) return nullptr;
  boost::json::object revocation{{"status", revocation_status_name(check->revocation)},
                                 {"source", printable(check->revocation_source)},
                                 {"detail", printable(check->revocation_detail, 1000)},
                                 {"revoked_at", json_time(check->revoked_at)},
                                 {"known_at", json_time(check->revocation_known_at)},
                                 {"unknown_since", json_time(check->unknown_since)}};
  revocation["reason"] = check->revocation_reason
                             ? boost::json::value(revocation_reason_name(*check->revocation_reason))
                             : boost::json::value();
  boost::json::array weaknesses;
  for (const std::string& one : check->weaknesses) weaknesses.emplace_back(printable(one, 500));
  return boost::json::object{{"checked_at", json_time(check->checked_at)},
                             {"key", check->key},
                             {"signature", check->signature},
                             {"weaknesses", std::move(weaknesses)},
                             {"root_known", check->root_known},
                             {"top_issuer", check->top_issuer},
                             {"revocation", std::move(revocation)}};
}

}  // namespace certstead
