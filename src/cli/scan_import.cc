#include "cli/scan_import.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <set>

#include "base/encoding.h"
#include "base/text.h"
#include "cli/show.h"
#include "model/set_name.h"

namespace certstead {
namespace {

// A set is called like one of its names, the first as a rule.
constexpr int kSetsAsked = 4;

boost::json::object body_of(const std::vector<Candidate>& group, bool dry_run) {
  boost::json::array files, passwords;
  for (const Candidate& candidate : group) {
    for (const MaterialFile& file : candidate.files) {
      files.emplace_back(boost::json::object{{"name", printable(file.name, 1000)},
                                             {"data", base64_encode(file.bytes.reveal())}});
    }
    for (const SecretBytes& password : candidate.passwords)
      passwords.emplace_back(view_text(password.reveal()));
  }
  return {{"files", std::move(files)}, {"passwords", std::move(passwords)}, {"dry_run", dry_run}};
}

// The issuer that is to renew the group; "" if nobody is.
Result<std::string> issuer_for(Session& session, const std::vector<Candidate>& group,
                               const std::string& wanted) {
  if (wanted != "auto") return wanted;
  std::string directory;
  for (const Candidate& candidate : group) {
    if (directory.empty()) directory = candidate.finding.renewal.directory_url;
  }
  if (directory.empty())
    return not_found("it is not said at which CA it was got; name one: --take-over ISSUER");
  TRY(const boost::json::value answer, session.api().get("/issuers"));
  for (const boost::json::value& issuer : json_elements(answer, "issuers")) {
    if (json_text(issuer, "directory_url") == printable(directory, 2000)) return json_text(issuer, "name");
  }
  return not_found("its CA is not known here: certstead issuer add NAME --directory " + printable(directory) +
                   " makes it known; or name another: --take-over ISSUER");
}

std::string email_for(const std::vector<Candidate>& group, const ScanOrder& order) {
  std::string email = order.email;
  for (const Candidate& candidate : group) {
    if (email.empty()) email = candidate.finding.renewal.email;
  }
  return email;
}

// Imports, and makes the account that is missing for a take-over if it may.
Result<boost::json::value> call_import(Session& session, const std::vector<Candidate>& group,
                                       const ScanOrder& order, const std::string& issuer) {
  boost::json::object body = body_of(group, order.dry_run);
  if (!issuer.empty()) body["take_over"] = issuer;
  auto answer = session.api().post("/imports", body);
  if (answer || answer.error().id != "account-needed" || !order.agree_tos || order.dry_run) return answer;
  CHECK_OK(session.api().post(
      "/accounts",
      boost::json::object{
          {"issuer", issuer}, {"name", "default"}, {"email", email_for(group, order)}, {"agree_tos", true}}));
  return session.api().post("/imports", body);
}

// What is there is newer, or has a CA that renews it: a scan that is done again finds it so.
bool is_ahead(const boost::json::value& error) {
  const std::string id = json_text(error, "id");
  return id == "import-older" || id == "import-other-flow";
}

void read_set(const boost::json::value& set, bool dry_run, ScanRow& row) {
  row.sets = {json_text(set, "name")};
  const std::string result = json_text(set, "result");
  const boost::json::value& error = json_member(set, "error");
  if (result == "created" || result == "updated") {
    row.result = dry_run ? "would be imported" : "imported";
  } else if (result == "unchanged" || is_ahead(error)) {
    row.result = "already there";
  } else {
    row.why = json_text(error, "detail");
  }
  for (const std::string& warning : json_texts(set, "warnings"))
    row.why += (row.why.empty() ? "" : "; ") + warning;
}

bool holds(const boost::json::value& set, const std::string& fingerprint) {
  const auto certificates = json_elements(set, "certificates");
  return std::ranges::any_of(certificates, [&](const boost::json::value& one) {
    return json_text(one, "fingerprint") == fingerprint;
  });
}

// The part of the answer that is about the row's certificate.
void read_answer(const boost::json::value& answer, bool dry_run, ScanRow& row) {
  const std::string& fingerprint = row.candidate.fingerprint;
  for (const boost::json::value& set : json_elements(answer, "sets")) {
    if (fingerprint.empty() || holds(set, fingerprint)) return read_set(set, dry_run, row);
  }
  for (const boost::json::value& note : json_elements(answer, "dropped")) {
    if (json_text(note, "fingerprint") == fingerprint) row.why = json_text(note, "reason");
  }
  if (row.why.empty()) row.why = "the import found no use for it";
}

std::set<std::string> names_in(const boost::json::value& set) {
  std::set<std::string> out;
  for (const boost::json::value& name : json_elements(set, "names")) out.insert(json_text(name, "ascii"));
  return out;
}

// When the last of the set's active certificates ends.
std::optional<Instant> end_of(const boost::json::value& set) {
  std::optional<Instant> out;
  for (const boost::json::value& one : json_elements(set, "active"))
    out = std::max(out, json_instant(one, "not_after"));
  return out;
}

// Says who renews the row's set now. False if it is not the one that was wanted.
bool read_renewal(Session& session, const std::string& issuer, ScanRow& row) {
  if (row.sets.empty() || row.result == "skipped") return true;
  const auto set = session.api().get("/sets/" + url_escape(row.sets.front()));
  const std::string now = set ? json_text(*set, "issuer") : "";
  if (now.empty()) {
    row.renewal = "not taken over: " + (set ? row.why : set.error().detail);
    return false;
  }
  row.renewal = "renewed at " + now + ", next on " + show_date(json_instant(*set, "renew_at"));
  return now == issuer;
}

}  // namespace

void find_there(Session& session, ScanRow& row) {
  std::set<std::string> names;
  for (const std::string& name : row.candidate.names) names.insert(lower_ascii(name));
  if (names.empty() || !row.candidate.not_after) return;
  int asked = 0;
  for (const std::string& name : row.candidate.names) {
    if (++asked > kSetsAsked) return;
    const auto first = HostPattern::parse(name);
    if (!first) return;  // the manager knows no set with such a name
    const auto set = session.api().get("/sets/" + url_escape(set_name_after(*first)));
    if (!set || names_in(*set) != names) continue;
    const std::optional<Instant> end = end_of(*set);
    if (!end || *end < *row.candidate.not_after) return;
    row.result = "already there";
    row.sets = {json_text(*set, "name")};
    row.why = "the manager has one until " + show_date(end) + " (" + row.why + ")";
    return;
  }
}

Result<std::vector<ScanRow>> import_group(Session& session, std::vector<Candidate> group,
                                          const ScanOrder& order) {
  auto issuer = issuer_for(session, group, order.take_over);
  auto answer = call_import(session, group, order, issuer.value_or(""));
  if (!answer && answer.error().id == "account-needed") {
    issuer = denied("there is no account at " + *issuer + "; --email ADDRESS --agree-tos lets one be made");
    answer = call_import(session, group, order, "");
  }
  if (!answer && answer.error().id == kManagerUnreachable) return answer.error();
  std::vector<ScanRow> rows;
  for (Candidate& candidate : group) {
    ScanRow row{std::move(candidate), "skipped", {}, {}, {}, false};
    if (answer) {
      read_answer(*answer, order.dry_run, row);
    } else {
      row.why = answer.error().detail;
    }
    if (row.result == "skipped") find_there(session, row);
    if (!issuer) row.renewal = "not taken over: " + issuer.error().detail;
    row.take_over_failed = !issuer;
    if (issuer && !issuer->empty() && !order.dry_run)
      row.take_over_failed = !read_renewal(session, *issuer, row);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace certstead
