#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/encoding.h"
#include "base/text.h"
#include "cli/follow.h"
#include "cli/json_view.h"
#include "cli/show_set.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

struct CsrOptions {
  std::string set, key_type;
};

Result<int> run_csr(const CsrOptions& options, Session& session) {
  std::string path = "/sets/" + url_escape(options.set) + "/csr";
  if (!options.key_type.empty()) path += "?key_type=" + url_escape(options.key_type);
  TRY(const boost::json::value answer, session.api().get(path));
  if (session.wants_json()) {
    session.print_json(answer);
    return kExitOk;
  }
  for (const boost::json::value& request : json_elements(answer, "requests")) {
    session.print(json_pem(request, "pem"));
  }
  return kExitOk;
}

struct CompleteOptions {
  std::string set;
  std::vector<std::string> files;
  bool wait = true;
};

Result<int> run_complete(const CompleteOptions& options, Session& session) {
  TRY(boost::json::array files, files_for_body(session, options.files));
  const std::string path = "/sets/" + url_escape(options.set) + "/complete";
  TRY(boost::json::value answer,
      about_files(session.api().post(path, boost::json::object{{"files", std::move(files)}}), options.files));
  for (const std::string& warning : json_texts(answer, "warnings")) session.say("note: " + warning);
  session.say(json_text(answer, "summary"));
  const std::string job = json_text(answer, "job");
  if (job.empty() || !options.wait) {
    if (session.wants_json()) session.print_json(answer);
    return kExitOk;
  }
  TRY(const boost::json::value end, follow_job(session, job));
  CHECK_OK(outcome_of_job(end, session.world().clock.now()));
  TRY(boost::json::value set, session.api().get("/sets/" + url_escape(options.set)));
  if (session.wants_json()) {
    answer.as_object()["set"] = std::move(set);
    session.print_json(answer);
  } else {
    session.print(table_of_certificates(set));
  }
  return kExitOk;
}

}  // namespace

Result<boost::json::value> about_files(Result<boost::json::value> answer,
                                       const std::vector<std::string>& paths) {
  if (answer || answer.error().id.empty()) return answer;
  Error error = answer.error();
  const bool is_theirs = error.id.starts_with("certificate-") || error.id.starts_with("csr-");
  if (is_theirs) error = error.within(join(paths, ", "));
  error.detail += " [" + error.id + "]";
  return error;
}

Result<boost::json::array> files_for_body(Session& session, const std::vector<std::string>& paths) {
  boost::json::array out;
  for (const std::string& path : paths) {
    TRY(const std::string content, read_file_or_input(session, path));
    out.emplace_back(base64_encode(view_bytes(content)));
  }
  return out;
}

Verb csr_verb() {
  auto options = std::make_shared<CsrOptions>();
  Verb verb{.name = "csr",
            .summary = "Print the certification requests of a set that waits for its certificates",
            .example = "certstead csr www.example.test --key-type p256"};
  verb.text("set", "SET", "Name of the set", options->set).needed();
  verb.text("-k,--key-type", "TYPE", "Only the one for this key; default: all", options->key_type);
  verb.run = [options](Session& session) { return run_csr(*options, session); };
  return verb;
}

Verb complete_verb() {
  auto options = std::make_shared<CompleteOptions>();
  Verb verb{.name = "complete",
            .summary = "Bring the certificates for the requests of a waiting set",
            .example = "certstead complete www.example.test answer.pem intermediate.cer"};
  verb.text("set", "SET", "Name of the set", options->set).needed();
  verb.list("files", "FILE", "PEM, DER or PKCS#7, in any order; - reads standard input", options->files)
      .needed()
      .file();
  verb.toggle("--no-wait", "Don't wait until they are activated", options->wait, false);
  verb.run = [options](Session& session) { return run_complete(*options, session); };
  return verb;
}

Verb cancel_verb() {
  auto set = std::make_shared<std::string>();
  Verb verb{.name = "cancel",
            .summary = "Give up the requests of a waiting set; what is served goes on",
            .example = "certstead cancel www.example.test"};
  verb.text("set", "SET", "Name of the set", *set).needed();
  verb.run = [set](Session& session) -> Result<int> {
    TRY(const boost::json::value answer,
        session.api().post("/sets/" + url_escape(*set) + "/cancel", boost::json::object()));
    if (session.wants_json()) session.print_json(answer);
    session.say(printable(*set) + " waits no longer; it is " + json_text(answer, "status") + " now");
    return kExitOk;
  };
  return verb;
}

}  // namespace certstead
