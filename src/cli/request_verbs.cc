#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.h"
#include "cli/follow.h"
#include "cli/json_view.h"
#include "cli/show_set.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

// What request, renew and revoke have in common: they may leave a job to be waited for.
struct Waiting {
  bool wait = true;
  bool detailed_exitcode = false;
};

void add_waiting(Verb& verb, Waiting& into) {
  verb.toggle("--no-wait", "Leave the job to the manager and end at once", into.wait, false);
  verb.toggle("--detailed-exitcode", "End with 10 instead of 0 if there was nothing to do",
              into.detailed_exitcode);
}

Result<int> print_result(Session& session, boost::json::value answer, const std::string& name) {
  TRY(boost::json::value set, session.api().get("/sets/" + url_escape(name)));
  if (session.wants_json()) {
    answer.as_object()["set"] = std::move(set);
    session.print_json(answer);
    return kExitOk;
  }
  const Table table = table_of_certificates(set);
  if (json_text(set, "status") == "waiting") {
    session.say(name + " waits for its certificate: certstead csr " + name +
                " prints the request, certstead complete " + name + " FILE takes the answer");
  }
  if (table.empty()) {
    session.print(json_text(set, "name") + " has no certificate now");
  } else {
    session.print(table);
  }
  return kExitOk;
}

// Goes on from the manager's answer: says it, follows the job, prints what came out.
Result<int> finish(Session& session, boost::json::value answer, const Waiting& waiting) {
  const std::string summary = json_text(answer, "summary");
  const std::string job = json_text(answer, "job");
  const std::string name = json_text(json_member(answer, "set"), "name");
  if (!summary.empty()) session.say(summary);
  if (job.empty()) {
    TRY(const int done, print_result(session, std::move(answer), name));
    return waiting.detailed_exitcode ? kExitNothingToDo : done;
  }
  if (!waiting.wait) {
    if (session.wants_json()) session.print_json(answer);
    session.say("job " + job + "; see: certstead jobs show --follow " + job);
    return kExitOk;
  }
  TRY(const boost::json::value end, follow_job(session, job));
  CHECK_OK(outcome_of_job(end, session.world().clock.now()));
  return print_result(session, std::move(answer), name);
}

struct RequestOptions {
  std::vector<std::string> names, keys, tags;
  std::string set, issuer, account, email, profile, preferred_chain;
  bool agree_tos = false, reuse_key = false, exportable = false, self_check = true, dry_run = false;
  Waiting waiting;
};

boost::json::array texts(const std::vector<std::string>& from) {
  boost::json::array out;
  for (const std::string& text : from) out.emplace_back(text);
  return out;
}

boost::json::object body_of(const RequestOptions& options) {
  boost::json::object body{{"names", texts(options.names)}};
  const auto add = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) body[name] = text;
  };
  add("name", options.set);
  add("issuer", options.issuer);
  add("account", options.account);
  add("email", options.email);
  add("profile", options.profile);
  add("preferred_chain", options.preferred_chain);
  if (!options.keys.empty()) body["key_types"] = texts(options.keys);
  if (!options.tags.empty()) body["tags"] = texts(options.tags);
  body["agree_tos"] = options.agree_tos;
  body["reuse_key"] = options.reuse_key;
  if (options.exportable) body["exportable"] = true;
  body["self_check"] = options.self_check;
  body["dry_run"] = options.dry_run;
  return body;
}

Result<int> run_request(const RequestOptions& options, Session& session) {
  if (options.names.empty()) {
    return invalid("name at least one host: certstead request www.example.test", std::string(kWrongUsage));
  }
  TRY(boost::json::value answer, session.api().post("/sets", body_of(options)));
  if (!options.dry_run) return finish(session, std::move(answer), options.waiting);
  if (session.wants_json()) {
    session.print_json(answer);
  } else {
    session.print("dry run, nothing was changed: " + json_text(answer, "summary"));
  }
  return kExitOk;
}

}  // namespace

Verb request_verb() {
  auto options = std::make_shared<RequestOptions>();
  Verb verb{
      .name = "request",
      .summary = "Get certificates for host names: one for each key type, kept renewed from then on",
      .example =
          "certstead request www.example.test mail.example.test --email admin@example.test --agree-tos"};
  verb.list("names", "NAME", "Host names; IDNs as they are written", options->names);
  verb.list("-d,--domain", "NAME", "A host name, as a flag", options->names);
  verb.text("--cert-name,--name", "SET", "What to call the set of certificates; default: the first host name",
            options->set);
  verb.list("-k,--key", "TYPES", "p256, p384, rsa2048, rsa3072, rsa4096; default: p256,rsa2048",
            options->keys);
  verb.text("-i,--issuer", "ISSUER", "The CA; default: the manager's setting (certstead issuer default)",
            options->issuer);
  verb.text("--account", "ACCOUNT", "The account there; default: default", options->account);
  verb.text("-m,--email", "ADDRESS", "For the account, if it has to be made", options->email);
  verb.toggle("--agree-tos", "You agree to the CA's terms of service", options->agree_tos);
  verb.text("--profile", "PROFILE", "The CA's certificate profile", options->profile);
  verb.text("--preferred-chain", "NAME", "Take the chain in which this issuer stands",
            options->preferred_chain);
  verb.toggle("--reuse-key", "Keep the keys when renewing", options->reuse_key);
  verb.toggle("--exportable", "Its keys may be taken out, with the export password (certstead export)",
              options->exportable);
  verb.toggle("--no-self-check", "Don't look at the challenge ourselves before the CA does",
              options->self_check, false);
  verb.list("--tag", "TAG", "Label for look-ups without a name", options->tags);
  verb.toggle("--dry-run", "Check everything, change nothing", options->dry_run);
  add_waiting(verb, options->waiting);
  verb.run = [options](Session& session) { return run_request(*options, session); };
  return verb;
}

Verb renew_verb() {
  struct Options {
    std::string set;
    bool force = false;
    Waiting waiting;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "renew",
            .summary = "Renew a set now if it is due; the manager does this by itself",
            .example = "certstead renew www.example.test --force"};
  verb.text("set", "SET", "Name of the set", options->set).needed();
  verb.toggle("-f,--force", "Also if it is not due", options->force);
  add_waiting(verb, options->waiting);
  verb.run = [options](Session& session) -> Result<int> {
    TRY(boost::json::value answer, session.api().post("/sets/" + url_escape(options->set) + "/renew",
                                                      boost::json::object{{"force", options->force}}));
    return finish(session, std::move(answer), options->waiting);
  };
  return verb;
}

Verb revoke_verb() {
  struct Options {
    std::string set, reason = "unspecified";
    bool leave_empty = false, yes = false;
    Waiting waiting;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "revoke",
            .summary = "Revoke the certificates of a set at the CA; new ones are got first",
            .example = "certstead revoke www.example.test --reason keyCompromise"};
  verb.text("set", "SET", "Name of the set", options->set).needed();
  verb.text("--reason", "REASON", "unspecified, keyCompromise, superseded, cessationOfOperation, ...",
            options->reason);
  verb.toggle("--leave-empty", "Get no new certificates first", options->leave_empty);
  verb.toggle("-y,--yes", "Don't ask", options->yes);
  add_waiting(verb, options->waiting);
  verb.run = [options](Session& session) -> Result<int> {
    if (!options->yes && !session.confirm("Revoke all certificates of " + printable(options->set) + "?")) {
      return invalid("nothing was revoked");
    }
    boost::json::object body{{"reason", options->reason}};
    body["leave_empty"] = options->leave_empty;
    TRY(boost::json::value answer,
        session.api().post("/sets/" + url_escape(options->set) + "/revoke", std::move(body)));
    return finish(session, std::move(answer), options->waiting);
  };
  return verb;
}

}  // namespace certstead
