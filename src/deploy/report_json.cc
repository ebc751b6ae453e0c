#include "deploy/report_json.h"

#include <algorithm>
#include <boost/json/array.hpp>

#include "base/text.h"
#include "json/json_object.h"

namespace certstead {
namespace {

constexpr std::size_t kMostFiles = 100;
constexpr std::size_t kMostHandshakes = 200;
constexpr std::size_t kLongestText = 4000;

boost::json::value time_or_null(const std::optional<Instant>& at) {
  return at ? boost::json::value(to_rfc3339(*at)) : boost::json::value();
}

Result<std::string> text(const JsonObject& from, std::string_view name) {
  TRY(std::string value, from.string(name));
  if (value.size() > kLongestText)
    return invalid("'" + from.path_of(name) + "' is longer than 4000 bytes", "body-invalid");
  return value;
}

Result<std::optional<Instant>> optional_time(const JsonObject& from, std::string_view name) {
  TRY(const std::optional<std::string> value, from.optional_string(name));
  if (!value) return std::optional<Instant>();
  TRY(const Instant at, parse_rfc3339(*value));
  return std::optional(at);
}

Status only(const JsonObject& from, std::initializer_list<std::string_view> known) {
  for (const auto& member : from.members()) {
    if (std::find(known.begin(), known.end(), std::string_view(member.key())) != known.end()) continue;
    return invalid("there is no member '" + printable(from.path_of(member.key()), 80) + "' here",
                   "unknown-member");
  }
  return Done{};
}

Result<DeployedCertificate> read_deployed(const JsonObject& from) {
  CHECK_OK(only(from, {"path", "key_type", "serial", "fingerprint", "not_after"}));
  DeployedCertificate out;
  TRY(out.path, text(from, "path"));
  TRY(const std::string type, from.string("key_type"));
  TRY(out.key_type, parse_key_type(type));
  TRY(out.serial, text(from, "serial"));
  TRY(out.fingerprint, text(from, "fingerprint"));
  TRY(const std::string not_after, from.string("not_after"));
  TRY(out.not_after, parse_rfc3339(not_after));
  return out;
}

Result<ServedCertificate> read_served(const JsonObject& from) {
  CHECK_OK(only(from, {"target", "kind", "serial", "expected", "problem"}));
  ServedCertificate out;
  TRY(out.target, text(from, "target"));
  TRY(out.kind, from.string("kind"));
  if (out.kind != "ecdsa" && out.kind != "rsa") {
    return invalid("'" + from.path_of("kind") + "' must be ecdsa or rsa", "body-invalid");
  }
  TRY(out.serial, text(from, "serial"));
  TRY(out.expected, text(from, "expected"));
  TRY(out.problem, text(from, "problem"));
  return out;
}

Status read_lists(const JsonObject& from, DeploymentReport& out) {
  TRY(const auto files, from.objects("deployed"));
  TRY(const auto handshakes, from.objects("served"));
  if (files.size() > kMostFiles || handshakes.size() > kMostHandshakes) {
    return invalid("a report has at most 100 files and 200 handshakes", "body-invalid");
  }
  for (const JsonObject& one : files) {
    TRY(DeployedCertificate file, read_deployed(one));
    out.deployed.push_back(std::move(file));
  }
  for (const JsonObject& one : handshakes) {
    TRY(ServedCertificate served, read_served(one));
    out.served.push_back(std::move(served));
  }
  return Done{};
}

}  // namespace

boost::json::object report_to_json(const DeploymentReport& report) {
  boost::json::array deployed, served;
  for (const DeployedCertificate& file : report.deployed) {
    deployed.push_back(boost::json::object{{"path", file.path},
                                           {"key_type", key_type_name(file.key_type)},
                                           {"serial", file.serial},
                                           {"fingerprint", file.fingerprint},
                                           {"not_after", to_rfc3339(file.not_after)}});
  }
  for (const ServedCertificate& one : report.served) {
    served.push_back(boost::json::object{{"target", one.target},
                                         {"kind", one.kind},
                                         {"serial", one.serial},
                                         {"expected", one.expected},
                                         {"problem", printable(one.problem, 2000)}});
  }
  return {{"name", report.name},
          {"host", report.host},
          {"set", report.set_name},
          {"layout", report.layout},
          {"outcome", deploy_outcome_name(report.outcome)},
          {"error", printable(report.error, 2000)},
          {"error_id", report.error_id},
          {"deployed", std::move(deployed)},
          {"served", std::move(served)},
          {"deployed_at", time_or_null(report.deployed_at)},
          {"proved_at", time_or_null(report.proved_at)},
          {"reported", to_rfc3339(report.reported)}};
}

Result<DeploymentReport> report_from_json(const boost::json::value& value, std::string name) {
  TRY(const JsonObject from, JsonObject::of(value));
  CHECK_OK(only(from, {"name", "host", "set", "layout", "outcome", "error", "error_id", "deployed", "served",
                       "deployed_at", "proved_at", "reported"}));
  DeploymentReport out;
  out.name = std::move(name);
  TRY(const std::optional<std::string> given, from.optional_string("name"));
  if (given && *given != out.name) return invalid("'name' is not the name in the path", "body-invalid");
  TRY(out.host, text(from, "host"));
  TRY(out.set_name, text(from, "set"));
  TRY(out.layout, text(from, "layout"));
  TRY(const std::string outcome, from.string("outcome"));
  TRY(out.outcome, parse_deploy_outcome(outcome));
  TRY(out.error, text(from, "error"));
  TRY(out.error_id, text(from, "error_id"));
  CHECK_OK(read_lists(from, out));
  TRY(out.deployed_at, optional_time(from, "deployed_at"));
  TRY(out.proved_at, optional_time(from, "proved_at"));
  TRY(const std::string reported, from.string("reported"));
  TRY(out.reported, parse_rfc3339(reported));
  return out;
}

}  // namespace certstead
