#include "probe/probe.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

struct ProbeOptions {
  std::string target, name, key, roots;
};

struct Handshake {
  std::string kind;  // "ecdsa" or "rsa"
  Result<ProbeReport> report;
};

// "HOST", "HOST:PORT", "[::1]:PORT"; the port is 443 unless it is given.
Result<ProbeRequest> request_for(const std::string& target) {
  ProbeRequest request;
  const std::size_t colon = target.rfind(':');
  const bool has_port = colon != std::string::npos && target.find(']', colon) == std::string::npos &&
                        (target.front() == '[' || target.find(':') == colon);
  request.host = target.substr(0, has_port ? colon : std::string::npos);
  if (has_port) {
    const std::optional<std::uint64_t> port = parse_number(std::string_view(target).substr(colon + 1));
    if (!port || *port == 0 || *port > 65535) {
      return invalid("'" + printable(target, 80) + "' is not HOST:PORT", std::string(kWrongUsage));
    }
    request.port = static_cast<std::uint16_t>(*port);
  }
  return request;
}

Result<std::vector<Handshake>> shake_hands(Session& session, const ProbeOptions& options) {
  TRY(ProbeRequest request, request_for(options.target));
  request.server_name = options.name.empty() ? request.host : options.name;
  if (!options.roots.empty()) {
    TRY(request.trusted_roots, read_file_or_input(session, options.roots));
  }
  std::vector<Handshake> done;
  for (const char* kind : {"ecdsa", "rsa"}) {
    if (!options.key.empty() && options.key != kind) continue;
    request.key = std::string_view(kind) == "rsa" ? ProbeKey::kRsa : ProbeKey::kEcdsa;
    request.deadline = Deadline::after(std::chrono::seconds(10));
    done.push_back({kind, probe(request)});
  }
  return done;
}

std::string key_of(const ProbeReport& report) {
  return report.key_type ? std::string(key_type_name(*report.key_type)) : "other";
}

boost::json::object as_json(const Handshake& handshake) {
  boost::json::object out{{"kind", handshake.kind}};
  if (!handshake.report) {
    out["error"] = handshake.report.error().detail;
    return out;
  }
  const ProbeReport& report = *handshake.report;
  out["address"] = report.address;
  out["protocol"] = report.protocol;
  out["key_type"] = key_of(report);
  out["serial"] = report.leaf.serial();
  out["fingerprint"] = report.leaf.fingerprint();
  out["issuer"] = report.leaf.issuer();
  out["not_after"] = to_rfc3339(report.leaf.not_after());
  out["names_server"] = report.names_server;
  out["verified"] = report.verified;
  out["problem"] = report.problem;
  return out;
}

void print_handshakes(Session& session, const std::vector<Handshake>& handshakes) {
  Table table({"OFFERED", "SERVED", "SERIAL", "SIGNED BY", "EXPIRES", "TLS", "VERIFIED"});
  std::string problems;
  for (const auto& [kind, report] : handshakes) {
    if (!report) {
      table.add({kind, "-", "-", "-", "-", "-", "-"});
      problems += kind + ": " + printable(report.error().detail, 1000) + "\n";
      continue;
    }
    table.add({kind, key_of(*report), report->leaf.serial(), printable(report->leaf.issuer()),
               show_date(report->leaf.not_after()), report->protocol, show_flag(report->verified)});
    if (!report->problem.empty()) problems += kind + ": " + printable(report->problem, 1000) + "\n";
  }
  session.print(table);
  session.print(problems);
}

// Something was served for what was asked, and nothing of it is wrong.
bool is_good(const std::vector<Handshake>& handshakes, bool must_verify) {
  bool any = false;
  for (const auto& [kind, report] : handshakes) {
    if (!report) continue;
    any = true;
    if (must_verify ? !report->verified : !report->names_server) return false;
  }
  return any;
}

Result<int> run_probe(Session& session, const ProbeOptions& options) {
  TRY(const std::vector<Handshake> handshakes, shake_hands(session, options));
  if (session.wants_json()) {
    boost::json::array out;
    for (const Handshake& handshake : handshakes) out.emplace_back(as_json(handshake));
    session.print_json(boost::json::object{{"handshakes", std::move(out)}});
  } else {
    print_handshakes(session, handshakes);
  }
  return is_good(handshakes, !options.roots.empty()) ? kExitOk : kExitFailed;
}

}  // namespace

Verb probe_verb() {
  auto options = std::make_shared<ProbeOptions>();
  Verb verb{.name = "probe",
            .summary = "Shake hands with a port, once for each kind of key, and say what is served",
            .example = "certstead probe 127.0.0.1:8443 --name www.example.test --roots ca.pem"};
  verb.text("target", "HOST[:PORT]", "Where to connect; the port is 443 unless it is given", options->target)
      .needed();
  verb.text("--name", "NAME", "Name to ask for; default: HOST", options->name);
  verb.text("--key", "KIND", "Offer only ecdsa or only rsa; default: one after the other", options->key)
      .one_of({"ecdsa", "rsa"});
  verb.text("--roots", "FILE", "PEM roots; the chain must lead to one of them", options->roots).file();
  verb.run = [options](Session& session) { return run_probe(session, *options); };
  return verb;
}

}  // namespace certstead
