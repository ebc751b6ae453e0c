#include "api/dns_render.h"

#include "api/render.h"

namespace certstead {
namespace {

std::int64_t seconds(Duration span) { return std::chrono::duration_cast<std::chrono::seconds>(span).count(); }

boost::json::object render(const DnsRecordEntry& entry) {
  return {{"name", entry.record.name},      {"zone", entry.record.zone},
          {"value", entry.record.value},    {"state", dns_record_state_name(entry.state)},
          {"test", entry.order_id.empty()}, {"attempts", entry.attempts},
          {"last_error", entry.last_error}, {"created", json_time(entry.created)}};
}

boost::json::object render(const DnsSettingFacts& setting) {
  return {{"name", setting.name},
          {"environment", setting.environment},
          {"about", setting.about},
          {"secret", setting.secret},
          {"required", setting.required}};
}

boost::json::object render(const DnsTraceLine& line) { return {{"step", line.step}, {"text", line.text}}; }

boost::json::object render(const DnsServerView& view) {
  return {{"server", view.server}, {"shows", view.shows}, {"problem", view.problem}};
}

boost::json::object render(const DnsAdvice& advice) {
  boost::json::array servers;
  for (const DnsServerRecords& server : advice.servers) {
    servers.push_back(boost::json::object{
        {"server", server.server}, {"values", json_strings(server.values)}, {"problem", server.problem}});
  }
  return {{"type", advice.type},
          {"name", advice.name},
          {"value", advice.value},
          {"why", advice.why},
          {"state", advice_state_name(advice.state)},
          {"detail", advice.detail},
          {"servers", std::move(servers)}};
}

boost::json::object render(const DnsImportedAccount& account) {
  return {{"kind", account.kind},
          {"name", account.name},
          {"outcome", import_outcome_name(account.outcome)},
          {"detail", account.detail}};
}

template <class Record>
boost::json::array all(const std::vector<Record>& records) {
  boost::json::array out;
  for (const Record& record : records) out.push_back(render(record));
  return out;
}

}  // namespace

boost::json::object render(const DnsAccountView& view) {
  const DnsAccount& account = view.account;
  boost::json::array domains;
  for (const DomainName& domain : account.domains) domains.push_back(json_name(HostPattern(domain)));
  boost::json::object settings;
  for (const auto& [name, value] : account.settings) settings[name] = value;
  boost::json::object out{{"name", account.name},
                          {"provider", account.provider},
                          {"verified", view.verified},
                          {"domains", std::move(domains)},
                          {"settings", std::move(settings)},
                          {"secrets", json_strings(view.secrets)},
                          {"secrets_since", json_time(account.secrets_since)},
                          {"rotate_at", json_time(view.rotate_at)},
                          {"challenge", account.challenge},
                          {"propagation", propagation_name(account.propagation)},
                          {"delay_seconds", seconds(account.delay)},
                          {"timeout_seconds", seconds(account.timeout)},
                          {"enabled", account.enabled},
                          {"traced", view.traced},
                          {"created", json_time(account.created)}};
  out["records"] = all(view.records);
  return out;
}

boost::json::object render(const DnsProviderFacts& facts) {
  boost::json::object out{{"code", facts.code},     {"title", facts.title},
                          {"kind", facts.kind},     {"verified", facts.verified},
                          {"rights", facts.rights}, {"documentation", facts.documentation},
                          {"help", facts.help}};
  out["settings"] = all(facts.settings);
  return out;
}

boost::json::object render(const DnsImportReport& report) {
  boost::json::object out = report.facts ? render(*report.facts) : boost::json::object{};
  out["accounts"] = all(report.accounts);
  out["notes"] = json_strings(report.notes);
  return out;
}

boost::json::object render(const DnsTrialReport& report) {
  boost::json::object out{{"account", report.account},
                          {"name", report.name},
                          {"zone", report.zone},
                          {"value", report.value},
                          {"ok", !report.error.has_value()},
                          {"looked", report.looked},
                          {"seen_everywhere", report.seen.everywhere}};
  out["servers"] = all(report.seen.servers);
  out["exchanges"] = all(report.lines);
  out["error"] = nullptr;
  if (report.error) {
    out["error"] = boost::json::object{
        {"detail", report.error->detail},
        {"id", report.error->id.empty() ? std::string(code_name(report.error->code)) : report.error->id}};
  }
  return out;
}

boost::json::object render(const DnsAssistReport& report) {
  boost::json::object out{{"name", report.name},
                          {"issuer", report.issuer},
                          {"challenge", report.challenge},
                          {"dns_account", report.dns_account},
                          {"notes", json_strings(report.notes)}};
  out["records"] = all(report.advice);
  return out;
}

boost::json::object render(const DnsTraced& traced) {
  return {{"at", json_time(traced.at)}, {"step", traced.line.step}, {"text", traced.line.text}};
}

boost::json::object render(const DnsDefinition& definition) {
  return {{"name", definition.name},
          {"kind", definition.kind},
          {"text", definition.text},
          {"approved", definition.approved},
          {"created", json_time(definition.created)}};
}

}  // namespace certstead
