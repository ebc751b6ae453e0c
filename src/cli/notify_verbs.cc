#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

struct TargetOptions {
  std::string name, url, server, from, user, secret_file, trust;
  std::vector<std::string> to, allow;
  bool heartbeat = false, plain = false, tls = false;
};

boost::json::array texts(const std::vector<std::string>& from) {
  boost::json::array out;
  for (const std::string& text : from) out.emplace_back(text);
  return out;
}

Result<int> add_target(Session& session, const TargetOptions& options, boost::json::object body) {
  if (!options.secret_file.empty()) {
    TRY(const SecretBytes secret, read_secret(session, options.secret_file));
    body["secret"] = view_text(secret.reveal());
  }
  if (!options.trust.empty()) {
    TRY(const std::string pem, read_file_or_input(session, options.trust));
    body["trusted_pem"] = pem;
  }
  TRY(const boost::json::value answer, session.api().post("/notify/targets", body));
  if (session.wants_json()) {
    session.print_json(answer);
  } else {
    session.say("added " + json_text(answer, "name") + "; try it with: certstead notify test " +
                json_text(answer, "name"));
  }
  return kExitOk;
}

Verb add_mail_verb() {
  auto options = std::make_shared<TargetOptions>();
  Verb verb{.name = "mail",
            .summary = "Tell by mail; STARTTLS is required unless you say otherwise",
            .example =
                "certstead notify add mail --to admin@example.test --server smtp.example.test:587"
                " --user certstead --password-file /etc/certstead/mail-password"};
  verb.text("--name", "NAME", "What to call it; default: mail", options->name);
  verb.list("--to", "ADDRESS", "Who is told", options->to);
  verb.text("--server", "HOST:PORT", "Mail server", options->server);
  verb.text("--from", "ADDRESS", "Sender; default: the first of --to", options->from);
  verb.text("--user", "NAME", "User at the mail server", options->user);
  verb.text("--password-file", "FILE", "File with the password; - reads standard input", options->secret_file)
      .file();
  verb.text("--trust", "FILE", "PEM roots for the server's certificate; default: those of the system",
            options->trust)
      .file();
  verb.toggle("--tls", "The server speaks TLS from the first byte on (port 465)", options->tls);
  verb.toggle("--plain", "Send without TLS; only for a server on this host", options->plain);
  verb.run = [options](Session& session) -> Result<int> {
    if (options->to.empty() || options->server.empty()) {
      return invalid("--to and --server are needed", std::string(kWrongUsage));
    }
    if (options->plain && options->tls) {
      return invalid("--plain and --tls contradict each other", std::string(kWrongUsage));
    }
    boost::json::object body{{"kind", "mail"},
                             {"name", options->name.empty() ? "mail" : options->name},
                             {"server", options->server},
                             {"to", texts(options->to)},
                             {"tls", options->plain ? "none"
                                     : options->tls ? "tls"
                                                    : "starttls"}};
    if (!options->from.empty()) body["from"] = options->from;
    if (!options->user.empty()) body["user"] = options->user;
    return add_target(session, *options, std::move(body));
  };
  return verb;
}

Verb add_webhook_verb() {
  auto options = std::make_shared<TargetOptions>();
  Verb verb{.name = "webhook",
            .summary = "Tell by a signed POST of JSON",
            .example = "certstead notify add webhook https://hooks.example.test/certs --secret-file secret"};
  verb.text("url", "URL", "Where to post", options->url).needed();
  verb.text("--name", "NAME", "What to call it; default: webhook", options->name);
  verb.text("--secret-file", "FILE", "File with the secret that signs; - reads standard input",
            options->secret_file)
      .file();
  verb.text("--trust", "FILE", "PEM roots for the server's certificate; default: those of the system",
            options->trust)
      .file();
  verb.list("--allow", "CIDR", "Networks beyond the public internet where it may be", options->allow);
  verb.toggle("--heartbeat", "Call it regularly while all goes well, so that its silence tells",
              options->heartbeat);
  verb.run = [options](Session& session) -> Result<int> {
    boost::json::object body{{"kind", "webhook"},
                             {"name", options->name.empty() ? "webhook" : options->name},
                             {"url", options->url},
                             {"heartbeat", options->heartbeat},
                             {"allowed_networks", texts(options->allow)}};
    return add_target(session, *options, std::move(body));
  };
  return verb;
}

Result<int> list_targets(Session& session) {
  TRY(const boost::json::value answer, session.api().get("/notify/targets"));
  if (session.wants_json()) {
    session.print_json(answer);
    return kExitOk;
  }
  Table table({"NAME", "KIND", "WHERE", "TO", "TLS", "WAITING"});
  for (const boost::json::value& target : json_elements(answer, "targets")) {
    const bool mail = json_text(target, "kind") == "mail";
    table.add({json_text(target, "name"), json_text(target, "kind"),
               json_text(target, mail ? "server" : "url"), join(json_texts(target, "to"), ", "),
               mail ? json_text(target, "tls") : "", std::to_string(json_number(target, "waiting"))});
  }
  session.print(table);
  return kExitOk;
}

Verb name_verb(Verb verb, std::function<Result<int>(Session&, const std::string&)> run) {
  auto name = std::make_shared<std::string>();
  verb.text("name", "NAME", "Name of the target", *name).needed();
  verb.run = [name, run = std::move(run)](Session& session) { return run(session, *name); };
  return verb;
}

}  // namespace

Verb notify_verb() {
  Verb verb{.name = "notify",
            .summary = "Who is told when something is wrong: add list test remove",
            .example = "certstead notify list"};
  Verb add{.name = "add",
           .summary = "Tell somebody more: mail webhook",
           .example = "certstead notify add mail --help"};
  add.verbs.push_back(add_mail_verb());
  add.verbs.push_back(add_webhook_verb());
  verb.verbs.push_back(std::move(add));
  Verb list{.name = "list", .summary = "Who is told", .example = "certstead notify list"};
  list.run = list_targets;
  verb.verbs.push_back(std::move(list));
  verb.verbs.push_back(name_verb(
      {.name = "test", .summary = "Send a test message now", .example = "certstead notify test mail"},
      [](Session& session, const std::string& name) -> Result<int> {
        CHECK_OK(session.api().post("/notify/targets/" + url_escape(name) + "/test", boost::json::object()));
        session.say("sent a test message to " + printable(name));
        return kExitOk;
      }));
  verb.verbs.push_back(name_verb(
      {.name = "remove", .summary = "Tell there no longer", .example = "certstead notify remove mail"},
      [](Session& session, const std::string& name) -> Result<int> {
        CHECK_OK(session.api().remove("/notify/targets/" + url_escape(name)));
        session.say("removed " + printable(name));
        return kExitOk;
      }));
  return verb;
}

}  // namespace certstead
