#include "probe/probe.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"
#include "probe/target.h"

namespace certstead {
namespace {

struct ProbeOptions {
  std::string target, name, keys, starttls, roots;
};

struct Handshake {
  std::string kind;  // "ecdsa" or "rsa"
  Result<ProbeReport> report;
};

// A URL, or "HOST", "HOST:PORT", "[::1]:PORT" with the protocol in --starttls; the port is the protocol's.
Result<ProbeRequest> request_for(const ProbeOptions& options) {
  const auto wrong = [](const Error& error) { return invalid(error.detail, std::string(kWrongUsage)); };
  if (options.target.find("://") != std::string::npos) {
    if (!options.starttls.empty()) {
      return invalid("the URL says what is spoken; leave --starttls out", std::string(kWrongUsage));
    }
    auto request = parse_target(options.target);
    if (!request) return wrong(request.error());
    return request;
  }
  ProbeRequest request;
  if (!options.starttls.empty()) {
    TRY(request.starttls, parse_starttls(options.starttls));
    request.port = default_port(request.starttls);
  }
  const Status read = parse_host_port(options.target, request);
  if (!read) return wrong(read.error());
  request.server_name = request.host;
  return request;
}

Result<std::vector<Handshake>> shake_hands(Session& session, const ProbeOptions& options) {
  TRY(ProbeRequest request, request_for(options));
  if (!options.name.empty()) {
    const auto name = name_in_handshake(options.name);
    if (!name) return invalid(name.error().detail, std::string(kWrongUsage));
    request.server_name = *name;
  }
  if (!options.roots.empty()) {
    TRY(request.trusted_roots, read_file_or_input(session, options.roots));
  }
  std::vector<Handshake> done;
  for (const char* kind : {"ecdsa", "rsa"}) {
    if (!options.keys.empty() && options.keys != "both" && options.keys != kind) continue;
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
  verb.text("target", "HOST[:PORT]|URL",
            "Where to connect (443 unless a port is given), or imaps://HOST, smtp+starttls://HOST, ...",
            options->target)
      .needed();
  verb.text("--name", "NAME", "Name to ask for; default: HOST", options->name);
  verb.text("--key,--keys", "KIND", "Offer only ecdsa, only rsa, or both one after the other (default)",
            options->keys)
      .one_of({"ecdsa", "rsa", "both"});
  verb.text("--starttls", "PROTOCOL", "Speak this in clear until TLS begins", options->starttls)
      .one_of({"smtp", "imap", "pop3", "ldap", "ftp", "postgres"});
  verb.text("--roots", "FILE", "PEM roots; the chain must lead to one of them", options->roots).file();
  verb.run = [options](Session& session) { return run_probe(session, *options); };
  return verb;
}

}  // namespace certstead
