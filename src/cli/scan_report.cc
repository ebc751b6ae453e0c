#include "cli/scan_report.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>

#include "base/text.h"
#include "cli/show.h"

namespace certstead {
namespace {

boost::json::array texts(const std::vector<std::string>& from) {
  boost::json::array out;
  for (const std::string& text : from) out.emplace_back(printable(text));
  return out;
}

boost::json::object renewal_json(const RenewalFacts& facts) {
  return {{"directory_url", printable(facts.directory_url)},
          {"email", printable(facts.email)},
          {"key_type", printable(facts.key_type)},
          {"challenge", printable(facts.challenge)},
          {"hooks", texts(facts.hooks)}};
}

boost::json::object row_json(const ScanRow& row) {
  const Candidate& candidate = row.candidate;
  boost::json::array places;
  for (const Candidate::Place& place : candidate.places) {
    places.emplace_back(boost::json::object{{"program", program_name(place.program)},
                                            {"name", printable(place.name)},
                                            {"place", printable(place.place)},
                                            {"advice", advice_for(place, candidate.finding)}});
  }
  boost::json::object out{{"result", row.result},
                          {"sets", texts(row.sets)},
                          {"names", texts(candidate.names)},
                          {"fingerprint", candidate.fingerprint},
                          {"reason", row.why},
                          {"places", std::move(places)},
                          {"renewed_there", renewal_json(candidate.finding.renewal)},
                          {"take_over", row.renewal}};
  out["not_after"] =
      candidate.not_after ? boost::json::value(to_rfc3339(*candidate.not_after)) : boost::json::value();
  return out;
}

boost::json::object as_json(const ScanReport& report) {
  boost::json::array rows, skipped;
  for (const ScanRow& row : report.rows) rows.emplace_back(row_json(row));
  for (const Skipped& one : report.skipped) {
    skipped.emplace_back(boost::json::object{{"program", program_name(one.program)},
                                             {"place", printable(one.place)},
                                             {"reason", printable(one.reason, 1000)}});
  }
  return {{"certificates", std::move(rows)}, {"skipped", std::move(skipped)}};
}

std::string names_of(const Candidate& candidate) {
  std::vector<std::string> names;
  for (const std::string& name : candidate.names.empty() ? candidate.finding.hosts : candidate.names) {
    if (names.size() == 4) {
      names.emplace_back("...");
      break;
    }
    names.push_back(printable(name, 100));
  }
  return names.empty() ? printable(candidate.finding.name, 100) : join(names, ", ");
}

std::string places_of(const Candidate& candidate) {
  std::vector<std::string> out;
  for (const Candidate::Place& place : candidate.places)
    out.push_back(std::string(program_name(place.program)) + " " + printable(place.place));
  return join(out, ", ");
}

// Each once, in the order of the places.
std::string programs_of(const Candidate& candidate) {
  std::vector<std::string> out;
  for (const Candidate::Place& place : candidate.places) {
    const std::string name(program_name(place.program));
    if (std::ranges::find(out, name) == out.end()) out.push_back(name);
  }
  return join(out, ", ");
}

Colour colour_of(const std::string& result) {
  if (result == "skipped") return Colour::kYellow;
  return result == "imported" ? Colour::kGreen : Colour::kNone;
}

std::string summary(const ScanReport& report) {
  std::map<std::string, int> counts;
  for (const ScanRow& row : report.rows) ++counts[row.result];
  std::vector<std::string> parts;
  for (const auto& [result, count] : counts) parts.push_back(std::to_string(count) + " " + result);
  const std::size_t all = report.rows.size();
  if (all == 0) return "no certificate was found";
  return std::to_string(all) + (all == 1 ? " certificate: " : " certificates: ") + join(parts, ", ");
}

void print_sections(Session& session, const ScanReport& report, bool advice) {
  std::string places, not_taken, notes, renewals, changes;
  for (const ScanRow& row : report.rows) {
    places += "  " + names_of(row.candidate) + ": " + places_of(row.candidate) + "\n";
    if (!row.why.empty()) {
      (row.result == "skipped" ? not_taken : notes) += "  " + names_of(row.candidate) + ": " + row.why + "\n";
    }
    if (!row.renewal.empty()) renewals += "  " + names_of(row.candidate) + ": " + row.renewal + "\n";
    for (const Candidate::Place& place : row.candidate.places) {
      if (row.result != "skipped")
        changes += "  " + std::string(program_name(place.program)) + ": " +
                   advice_for(place, row.candidate.finding) + "\n";
    }
  }
  for (const Skipped& one : report.skipped) {
    not_taken += "  " + std::string(program_name(one.program)) + ", " + printable(one.place) + ": " +
                 printable(one.reason, 1000) + "\n";
  }
  if (!places.empty()) session.print("\nWhere:\n" + places);
  if (!not_taken.empty()) session.print("\nSkipped, because:\n" + not_taken);
  if (!notes.empty()) session.print("\nTo know:\n" + notes);
  if (!renewals.empty()) session.print("\nRenewal:\n" + renewals);
  if (advice && !changes.empty())
    session.print("\nTo change there, by you (nothing was touched):\n" + changes);
  session.print("\n" + summary(report));
}

}  // namespace

void print_report(Session& session, const ScanReport& report, bool advice) {
  if (session.wants_json()) return session.print_json(as_json(report));
  Table table({"RESULT", "SET", "NAMES", "EXPIRES", "FOUND IN"});
  for (const ScanRow& row : report.rows) {
    table.add({Cell(row.result, colour_of(row.result)), row.sets.empty() ? "-" : join(row.sets, ", "),
               names_of(row.candidate), show_date(row.candidate.not_after), programs_of(row.candidate)});
  }
  if (!table.empty()) session.print(table);
  print_sections(session, report, advice);
}

}  // namespace certstead
