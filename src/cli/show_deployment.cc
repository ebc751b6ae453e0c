#include "cli/show_deployment.h"

#include "base/text.h"

namespace certstead {

Facts facts_of_deployment(const boost::json::value& report, Instant now) {
  Facts facts;
  facts.add("outcome", json_text(report, "outcome"));
  facts.add("error", json_text(report, "error"));
  for (const boost::json::value& file : json_elements(report, "deployed")) {
    facts.add("file", json_text(file, "path") + ", " + json_text(file, "key_type") + ", serial " +
                          json_text(file, "serial"));
  }
  for (const boost::json::value& one : json_elements(report, "served")) {
    const std::string problem = json_text(one, "problem");
    facts.add("port", json_text(one, "target") + " (" + json_text(one, "kind") +
                          "): " + (problem.empty() ? "serves " + json_text(one, "serial") : problem));
  }
  const auto deployed = json_instant(report, "deployed_at"), proved = json_instant(report, "proved_at");
  if (deployed) facts.add("deployed", show_moment_and_span(deployed, now));
  if (proved) facts.add("proved", show_moment_and_span(proved, now));
  facts.add("reported", show_moment_and_span(json_instant(report, "reported"), now));
  return facts;
}

}  // namespace certstead
