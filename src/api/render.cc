#include "api/render.h"

#include "base/text.h"
#include "json/json.h"

namespace certstead {
namespace {

boost::json::value key_type_or_null(const std::optional<KeyType>& type) {
  return type ? boost::json::value(key_type_name(*type)) : boost::json::value();
}

boost::json::array json_list(std::string_view comma_separated) {
  boost::json::array out;
  if (comma_separated.empty()) return out;
  for (const std::string_view part : split(comma_separated, ',')) out.emplace_back(trim(part));
  return out;
}

}  // namespace

boost::json::value json_time(const std::optional<Instant>& at) {
  return at ? boost::json::value(to_rfc3339(*at)) : boost::json::value();
}

boost::json::array json_strings(const std::vector<std::string>& texts) {
  boost::json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

boost::json::array json_key_types(const std::vector<KeyType>& types) {
  boost::json::array out;
  for (const KeyType type : types) out.emplace_back(key_type_name(type));
  return out;
}

boost::json::object json_name(const HostPattern& name) {
  return {{"ascii", name.ascii()}, {"unicode", name.unicode()}};
}

boost::json::object json_name(std::string_view ascii) {
  const Result<HostPattern> name = HostPattern::parse(ascii);
  if (name) return json_name(*name);
  return {{"ascii", printable(ascii)}, {"unicode", printable(ascii)}};
}

boost::json::object render(const Job& job) {
  return {{"id", job.id},
          {"kind", job_kind_name(job.kind)},
          {"set", job.set_name},
          {"argument", job.argument},
          {"again", job.again.value_or("")},
          {"status", job_status_name(job.status)},
          {"run_at", to_rfc3339(job.run_at)},
          {"attempts", job.attempts},
          {"last_error", printable(job.last_error, 2000)},
          {"last_error_id", job.last_error_id},
          {"created", to_rfc3339(job.created)},
          {"finished", json_time(job.finished)}};
}

boost::json::object render(const JobProgress& progress) {
  return {
      {"number", progress.number}, {"at", to_rfc3339(progress.at)}, {"text", printable(progress.text, 2000)}};
}

boost::json::object render(const IssuerRecord& issuer) {
  return {{"name", issuer.name},
          {"kind", issuer.kind},
          {"description", issuer.description},
          {"directory_url", issuer.directory_url},
          {"trusted_pem", issuer.trusted_pem},
          {"allowed_networks", json_list(issuer.allowed_networks)},
          {"needs_eab", issuer.needs_eab},
          {"account_key_rollover", issuer.account_key_rollover},
          {"key_types", json_key_types(issuer.key_types)},
          {"wildcards", issuer.wildcards},
          {"max_names", issuer.max_names},
          {"default_profile", issuer.default_profile},
          {"max_orders_per_hour", issuer.max_orders_per_hour},
          {"max_failures_per_hour", issuer.max_failures_per_hour},
          {"max_per_domain_per_week", issuer.max_per_domain_per_week},
          {"max_duplicates_per_week", issuer.max_duplicates_per_week},
          {"built_in", issuer.built_in},
          {"terms_seen", printable(issuer.terms_seen)},
          {"created", to_rfc3339(issuer.created)},
          {"revision", issuer.revision}};
}

boost::json::object render(const DirectoryFacts& facts) {
  boost::json::array profiles;
  for (const std::string& profile : facts.profiles) profiles.emplace_back(printable(profile));
  return {{"terms_of_service", printable(facts.terms_of_service)},
          {"website", printable(facts.website)},
          {"external_account_required", facts.external_account_required},
          {"offers_renewal_info", facts.offers_renewal_info},
          {"profiles", std::move(profiles)}};
}

boost::json::object render(const Account& account) {
  return {{"id", account.id},
          {"issuer", account.issuer},
          {"name", account.name},
          {"email", account.email},
          {"key_type", key_type_name(account.key_type)},
          {"url", printable(account.url)},
          {"status", account.status},
          {"agreed_terms", printable(account.agreed_terms)},
          {"eab_kid", printable(account.eab_kid)},
          {"key_rollover_pending", !account.next_key.empty()},
          {"created", to_rfc3339(account.created)},
          {"revision", account.revision}};
}

boost::json::object render(const TrustedRoot& root) {
  return {{"name", root.name},
          {"subject", root.facts.subject},
          {"issuer", root.facts.issuer},
          {"serial", root.facts.serial},
          {"fingerprint", root.facts.fingerprint},
          {"key_type", key_type_or_null(root.facts.key_type)},
          {"not_before", to_rfc3339(root.facts.not_before)},
          {"not_after", to_rfc3339(root.facts.not_after)},
          {"self_signed", root.self_signed},
          {"categories", json_strings(root.categories)},
          {"created", to_rfc3339(root.created)}};
}

boost::json::object render(const AuditRecord& record) {
  return {{"number", record.number},
          {"at", to_rfc3339(record.at)},
          {"actor", printable(record.note.actor)},
          {"action", printable(record.note.action)},
          {"object", printable(record.note.object)},
          {"detail", printable(record.note.detail, 2000)},
          {"hash", record.hash}};
}

boost::json::object render(const MemberRecord& member) {
  return {{"id", member.id},
          {"name", member.name},
          {"role", member.role},
          {"all_credentials", member.all_credentials},
          {"applied_seq",
           member.applied_seq == 0 ? boost::json::value() : boost::json::value(member.applied_seq)},
          {"created", to_rfc3339(member.created)},
          {"last_seen", json_time(member.last_seen)}};
}

boost::json::object render(const ViewEntry& entry) {
  boost::json::array names;
  for (const std::string& name : entry.names) names.emplace_back(json_name(name));
  return {{"view", entry.view},
          {"set_id", entry.set_id},
          {"version_id", entry.version_id},
          {"version", entry.version},
          {"serial", entry.serial},
          {"subject_key_id", entry.subject_key_id},
          {"key_type", key_type_name(entry.key_type)},
          {"names", std::move(names)},
          {"tags", json_strings(entry.tags)},
          {"not_after", to_rfc3339(entry.not_after)}};
}

boost::json::object render(const ViewLookup& lookup) {
  boost::json::object out{{"why", lookup.why}};
  out["entry"] = lookup.entry ? boost::json::value(render(*lookup.entry)) : boost::json::value();
  out["lines"] = json_strings(lookup.lines);
  out["assumed"] = lookup.assumed;
  return out;
}

HttpReply json_reply(int status, const boost::json::value& value) {
  HttpReply reply;
  reply.status = status;
  reply.headers.add("Content-Type", "application/json");
  reply.body = to_json_text(value) + "\n";
  return reply;
}

}  // namespace certstead
