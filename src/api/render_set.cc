#include "api/render_set.h"

#include <algorithm>

#include "api/health_render.h"
#include "base/text.h"
#include "deploy/report_json.h"
#include "manager/set_readers.h"

namespace certstead {
namespace {

boost::json::array json_names(const std::vector<HostPattern>& names) {
  boost::json::array out;
  for (const HostPattern& name : names) out.emplace_back(json_name(name));
  return out;
}

boost::json::object render(const Operation& operation) {
  return {{"failures", operation.failures},
          {"last_error", printable(operation.last_error, 2000)},
          {"last_error_id", operation.last_error_id},
          {"last_try", json_time(operation.last_try)},
          {"next_try", json_time(operation.next_try)}};
}

boost::json::object render(const HealthReport& health) {
  return {{"overall", health_name(health.overall())},
          {"certificate", health_name(health.certificate)},
          {"operation", health_name(health.operation)},
          {"reasons", json_strings(health.reasons)},
          {"findings", render_all(health.findings)}};
}

boost::json::object render(const CredentialVersion& version) {
  boost::json::array names;
  for (const std::string& name : version.facts.names) names.emplace_back(json_name(name));
  return {{"id", version.id},
          {"version", version.version},
          {"key_type", key_type_name(version.key_type)},
          {"serial", version.facts.serial},
          {"fingerprint", version.facts.fingerprint},
          {"spki_sha256", version.facts.spki_sha256},
          {"names", std::move(names)},
          {"certificate_issuer", version.facts.issuer},
          {"issuer", version.issuer},
          {"not_before", to_rfc3339(version.facts.not_before)},
          {"not_after", to_rfc3339(version.facts.not_after)},
          {"activated", to_rfc3339(version.activated)},
          {"chain_length", version.chain.size()},
          {"exportable", granted_to_export(version.grants)}};
}

boost::json::object render(const Order& order) {
  return {{"id", order.id},
          {"job", order.job_id},
          {"key_type", key_type_name(order.key_type)},
          {"status", acme_status_name(order.status)},
          {"url", printable(order.url)},
          {"error", printable(order.error, 2000)},
          {"error_id", order.error_id},
          {"not_before", json_time(order.not_before)},
          {"created", to_rfc3339(order.created)}};
}

}  // namespace

boost::json::object render(const CredentialSet& set) {
  return {{"name", set.name},
          {"id", set.id},
          {"status", set_status_name(set.status)},
          {"names", json_names(set.names)},
          {"key_types", json_key_types(set.key_types)},
          {"flow", set.flow},
          {"issuer", set.issuer},
          {"account", set.account},
          {"profile", set.profile},
          {"preferred_chain", set.preferred_chain},
          {"reuse_key", set.reuse_key},
          {"exportable", set.exportable},
          {"members", json_strings(set.members)},
          {"tags", json_strings(set.tags)},
          {"renew_at", json_time(set.renew_at)},
          {"renew_why", set.renew_why},
          {"operation", render(set.operation)},
          {"created", to_rfc3339(set.created)},
          {"revision", set.revision}};
}

// The serials of what it has of the active certificates.
boost::json::object render(const ViewHolding& view, const std::vector<ActiveCertificate>& active) {
  boost::json::array serials;
  for (const ActiveCertificate& one : active) {
    if (std::ranges::find(view.versions, one.version_id) != view.versions.end())
      serials.emplace_back(one.serial);
  }
  return {{"member", view.member},
          {"view", view.view},
          {"deployed", reach_name(reach_of(view, active))},
          {"serials", std::move(serials)},
          {"refused", printable(view.refused, 2000)}};
}

boost::json::object render(const SetView& view) {
  boost::json::object out = render(view.set);
  boost::json::array active;
  for (const CredentialVersion& version : view.versions) {
    if (version.state == VersionState::kActive) {
      active.emplace_back(render(version)).as_object()["check"] = render_check(view.checks, version.id);
    }
  }
  out["active"] = std::move(active);
  out["archived"] = view.archived;
  out["health"] = render(view.health);
  boost::json::array orders;
  for (const Order& order : view.orders) orders.emplace_back(render(order));
  out["orders"] = std::move(orders);
  const auto certificates = active_certificates(view.versions);
  const DeploymentFacts reach = facts_of(view.deployments, certificates, view.views);
  out["deployed"] = reach_name(reach.deployed);
  out["served"] = reach_name(reach.served);
  boost::json::array deployments;
  for (const DeploymentReport& report : view.deployments) deployments.emplace_back(report_to_json(report));
  out["deployments"] = std::move(deployments);
  boost::json::array views;
  for (const ViewHolding& one : view.views) views.emplace_back(render(one, certificates));
  out["views"] = std::move(views);
  return out;
}

boost::json::object render(const SetStatusLine& line) {
  return {{"name", line.set.name},
          {"status", set_status_name(line.set.status)},
          {"health", health_name(line.health.overall())},
          {"reasons", json_strings(line.health.reasons)},
          {"key_types", json_key_types(line.set.key_types)},
          {"expires", json_time(line.expires)},
          {"next_try", json_time(line.next_try)},
          {"issued", json_time(line.issued)},
          {"deployed", reach_name(line.reach.deployed)},
          {"served", reach_name(line.reach.served)}};
}

boost::json::object render(const RequestOutcome& outcome) {
  boost::json::object out{{"set", render(outcome.set)}};
  out["job"] = outcome.job_id.empty() ? boost::json::value() : boost::json::value(outcome.job_id);
  out["created"] = outcome.created;
  out["summary"] = outcome.summary;
  return out;
}

std::string etag(std::int64_t revision) { return "\"" + std::to_string(revision) + "\""; }

}  // namespace certstead
