#include "cli/show_set.h"

#include <algorithm>

#include "base/text.h"
#include "cli/show.h"
#include "cli/show_deployment.h"

namespace certstead {
namespace {

std::string health_of(const boost::json::value& set) {
  return json_text(json_member(set, "health"), "overall");
}

// When the first of the active certificates expires.
std::optional<Instant> first_expiry(const boost::json::value& set) {
  std::optional<Instant> first;
  for (const boost::json::value& active : json_elements(set, "active")) {
    const std::optional<Instant> at = json_instant(active, "not_after");
    if (at && (!first || *at < *first)) first = at;
  }
  return first;
}

std::string renewal_of(const boost::json::value& set, Instant now) {
  const std::optional<Instant> at = json_instant(set, "renew_at");
  if (!at) return "none planned";
  const std::string why = json_text(set, "renew_why");
  return show_moment_and_span(at, now) + (why.empty() ? "" : " (" + why + ")");
}

std::string expiry_of(const boost::json::value& set, Instant now) {
  const std::optional<Instant> at = first_expiry(set);
  return at ? show_moment_and_span(at, now) : "there is no certificate";
}

std::string key_types_of(const boost::json::value& set) { return join(json_texts(set, "key_types"), ", "); }

void add_operation(Facts& facts, const boost::json::value& set, Instant now) {
  const boost::json::value& operation = json_member(set, "operation");
  const std::int64_t failures = json_number(operation, "failures");
  const std::string error = json_text(operation, "last_error");
  if (failures == 0 && error.empty()) {
    facts.add("operation", "in order");
  } else {
    facts.add("operation",
              std::to_string(failures) + (failures == 1 ? " failure" : " failures") + " in a row");
    const std::string id = json_text(operation, "last_error_id");
    facts.add("last error", error + (id.empty() ? "" : " [" + id + "]"));
  }
  const auto last_try = json_instant(operation, "last_try");
  const auto next_try = json_instant(operation, "next_try");
  if (last_try) facts.add("last try", show_moment_and_span(last_try, now));
  if (next_try) facts.add("next try", show_moment_and_span(next_try, now));
}

void add_reasons(Facts& facts, const boost::json::value& set) {
  std::string name = "because";
  for (const std::string& reason : json_texts(json_member(set, "health"), "reasons")) {
    facts.add(name, reason);
    name = " ";
  }
}

// "good, says http://...", "revoked at ... (keyCompromise), says ...", "not known since ...: why"
std::string revocation_of(const boost::json::value& certificate) {
  const boost::json::value& revocation = json_member(json_member(certificate, "check"), "revocation");
  const std::string status = json_text(revocation, "status");
  const std::string source = json_text(revocation, "source");
  const std::string says = source.empty() ? "" : ", says " + source;
  if (status == "good") return "good at " + show_moment(json_instant(revocation, "known_at")) + says;
  if (status == "revoked") {
    return "revoked at " + show_moment(json_instant(revocation, "revoked_at")) + " (" +
           json_text(revocation, "reason") + ")" + says;
  }
  if (status == "unknown") {
    return "not known since " + show_moment(json_instant(revocation, "unknown_since")) + ": " +
           json_text(revocation, "detail");
  }
  return status == "not-offered" ? "the CA offers no answer" : "";
}

// "-" where nothing of this kind is configured.
Cell reach_cell(const boost::json::value& from, std::string_view name) {
  const std::string reach = json_text(from, name);
  if (reach == "yes") return {reach, Colour::kGreen};
  if (reach == "part" || reach == "no") return {reach, Colour::kRed};
  return "-";
}

void add_reach(Facts& facts, const boost::json::value& set) {
  if (json_elements(set, "deployments").empty() && json_elements(set, "views").empty()) return;
  facts.add("deployed", reach_cell(set, "deployed").text);
  facts.add("served", reach_cell(set, "served").text);
}

std::string heading(const boost::json::value& set, bool colours) {
  const std::string health = health_of(set);
  return json_text(set, "name") + ": " + coloured(health, colour_of_health(health), colours) + ", " +
         json_text(set, "status") + "\n";
}

}  // namespace

Table table_of_sets(const std::vector<boost::json::value>& sets, Instant now) {
  Table table({"SET", "KEYS", "STATUS", "HEALTH", "ISSUER", "EXPIRES", "RENEWAL"});
  for (const boost::json::value& set : sets) {
    const std::string health = health_of(set);
    table.add({json_text(set, "name"), join(json_texts(set, "key_types"), ","), json_text(set, "status"),
               Cell(health, colour_of_health(health)), json_text(set, "issuer"),
               show_date_and_span(first_expiry(set), now), show_date(json_instant(set, "renew_at"))});
  }
  return table;
}

Table status_table(const std::vector<boost::json::value>& lines, Instant now) {
  Table table({"SET", "HEALTH", "KEYS", "EXPIRES", "NEXT TRY", "ISSUED", "DEPLOYED", "SERVED"});
  for (const boost::json::value& line : lines) {
    const std::string health = json_text(line, "health");
    table.add({json_text(line, "name"), Cell(health, colour_of_health(health)),
               join(json_texts(line, "key_types"), ","),
               show_date_and_span(json_instant(line, "expires"), now),
               show_date(json_instant(line, "next_try")),
               json_instant(line, "issued") ? Cell("yes", Colour::kGreen) : Cell("no", Colour::kRed),
               reach_cell(line, "deployed"), reach_cell(line, "served")});
  }
  return table;
}

Table table_of_certificates(const boost::json::value& set) {
  Table table({"SET", "KEY", "SERIAL", "ISSUER", "EXPIRES", "RENEWAL"});
  for (const boost::json::value& active : json_elements(set, "active")) {
    table.add({json_text(set, "name"), json_text(active, "key_type"), json_text(active, "serial"),
               json_text(active, "issuer"), show_date(json_instant(active, "not_after")),
               show_date(json_instant(set, "renew_at"))});
  }
  return table;
}

std::string details_of_set(const boost::json::value& set, Instant now, bool colours) {
  Facts facts;
  facts.add("names", show_names(json_elements(set, "names")));
  facts.add("keys", key_types_of(set));
  facts.add("issuer", json_text(set, "issuer") + ", account " + json_text(set, "account"));
  facts.add("profile", json_text(set, "profile"));
  facts.add("preferred chain", json_text(set, "preferred_chain"));
  if (json_flag(set, "reuse_key")) facts.add("renewal keeps", "the key");
  if (json_flag(set, "exportable")) facts.add("keys made now", "can be exported");
  facts.add("members", join(json_texts(set, "members"), ", "));
  facts.add("tags", join(json_texts(set, "tags"), ", "));
  add_reasons(facts, set);
  facts.add("renewal", renewal_of(set, now));
  add_operation(facts, set, now);
  add_reach(facts, set);
  facts.add("archived", std::to_string(json_number(set, "archived")));
  std::string out = heading(set, colours) + facts.text(2);
  for (const boost::json::value& active : json_elements(set, "active")) {
    Facts certificate;
    certificate.add("serial", json_text(active, "serial"));
    certificate.add("sha-256", json_text(active, "fingerprint"));
    certificate.add("names", show_names(json_elements(active, "names")));
    if (json_flag(active, "exportable")) certificate.add("key", "can be exported");
    certificate.add("signed by", json_text(active, "certificate_issuer"));
    certificate.add("valid from", show_moment(json_instant(active, "not_before")));
    certificate.add("valid until", show_moment_and_span(json_instant(active, "not_after"), now));
    certificate.add("revocation", revocation_of(active));
    out += "  " + json_text(active, "key_type") + ", version " +
           std::to_string(json_number(active, "version")) + "\n" + certificate.text(4);
  }
  for (const boost::json::value& view : json_elements(set, "views")) {
    Facts facts_of_view;
    facts_of_view.add("has", join(json_texts(view, "serials"), ", "));
    facts_of_view.add("refused", json_text(view, "refused"));
    out += "  view " + json_text(view, "view") + " of member " + json_text(view, "member") + ": " +
           reach_cell(view, "deployed").text + "\n" + facts_of_view.text(4);
  }
  for (const boost::json::value& deployment : json_elements(set, "deployments")) {
    const bool is_view = json_text(deployment, "layout") == "view";
    out += std::string(is_view ? "  proof of " : "  deployment ") + json_text(deployment, "name") + " on " +
           json_text(deployment, "host") + "\n" + facts_of_deployment(deployment, now).text(4);
  }
  return out;
}

std::string status_of_set(const boost::json::value& set, Instant now, bool colours) {
  Facts facts;
  add_reasons(facts, set);
  facts.add("keys", key_types_of(set));
  facts.add("expires", expiry_of(set, now));
  facts.add("renewal", renewal_of(set, now));
  add_operation(facts, set, now);
  add_reach(facts, set);
  return heading(set, colours) + facts.text(2);
}

}  // namespace certstead
