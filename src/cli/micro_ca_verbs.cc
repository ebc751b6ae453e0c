#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

std::string path_of(const std::string& name, std::string_view rest = "") {
  return "/microcas/" + url_escape(name) + std::string(rest);
}

std::string details_of(const boost::json::value& ca, Instant now, bool colours) {
  const std::string health = json_text(ca, "health");
  Facts facts;
  std::string label = "because";
  for (const std::string& reason : json_texts(ca, "reasons")) {
    facts.add(label, reason);
    label = " ";
  }
  facts.add("key", json_text(ca, "key_type"));
  facts.add("kind",
            json_flag(ca, "subordinate") ? "under another CA" : "self-signed, and a trusted root here");
  facts.add("subject", json_text(ca, "subject"));
  facts.add("serial", json_text(ca, "serial"));
  facts.add("sha-256", json_text(ca, "fingerprint"));
  facts.add("may sign", join(json_texts(ca, "permitted"), ", "));
  facts.add("valid until", show_moment_and_span(json_instant(ca, "not_after"), now));
  facts.add("crl url", json_text(ca, "crl_url"));
  facts.add("next crl", show_moment_and_span(json_instant(ca, "crl_next_update"), now));
  return json_text(ca, "name") + ": " + coloured(health, colour_of_health(health), colours) + "\n" +
         facts.text(2);
}

int print_ca(Session& session, const boost::json::value& ca) {
  if (session.wants_json()) {
    session.print_json(ca);
  } else {
    session.print(details_of(ca, session.world().clock.now(), session.colours()));
  }
  return kExitOk;
}

// Writes to a file, or prints.
Status put_out(Session& session, const std::string& file, std::string_view content) {
  if (!file.empty()) return write_file_atomic(file, view_bytes(content), 0644);
  session.print(content);
  return Done{};
}

struct CreateOptions {
  std::string name, key, crl_url;
  std::int64_t years = 10;
  std::vector<std::string> permitted;
  bool subordinate = false;
};

boost::json::object body_of(const CreateOptions& options) {
  boost::json::object body{{"years", options.years}, {"subordinate", options.subordinate}};
  if (!options.name.empty()) body["name"] = options.name;
  if (!options.key.empty()) body["key_type"] = options.key;
  if (!options.crl_url.empty()) body["crl_url"] = options.crl_url;
  body["permitted"] = boost::json::array(options.permitted.begin(), options.permitted.end());
  return body;
}

Verb create_verb() {
  auto options = std::make_shared<CreateOptions>();
  Verb verb{.name = "create",
            .summary = "Make a CA, which is an issuer from then on",
            .example = "certstead microca create office --permit office.example.test"};
  verb.text("name", "NAME", "What to call it; default: microca", options->name);
  verb.text("-k,--key", "TYPE", "p256, p384, rsa3072 or rsa4096; default: p256", options->key);
  verb.number("--years", "How long it lives; default: 10", 1, 30, options->years);
  verb.list("--permit", "DOMAIN", "It may sign for this name and those below it only", options->permitted);
  verb.text("--crl-url", "URL", "Where clients find its revocation list; goes into the certificates",
            options->crl_url);
  verb.toggle("--sub", "Make a request for another CA to sign, instead of signing itself",
              options->subordinate);
  verb.run = [options](Session& session) -> Result<int> {
    TRY(const boost::json::value ca, session.api().post("/microcas", body_of(*options)));
    if (options->subordinate) {
      const std::string name = json_text(ca, "name");
      session.say("certstead microca csr " + name + " prints its request; certstead microca complete " +
                  name + " FILE takes the answer");
    }
    return print_ca(session, ca);
  };
  return verb;
}

// A verb that shows something of one CA.
Verb one_verb(const std::string& name, const std::string& summary,
              std::function<Result<int>(Session&, const boost::json::value&)> show) {
  auto ca = std::make_shared<std::string>();
  Verb verb{.name = name, .summary = summary, .example = "certstead microca " + name + " office"};
  verb.text("name", "NAME", "Name of the CA", *ca).needed();
  verb.run = [ca, show](Session& session) -> Result<int> {
    TRY(const boost::json::value found, session.api().get(path_of(*ca)));
    return show(session, found);
  };
  return verb;
}

Result<int> show_csr(Session& session, const boost::json::value& ca) {
  const std::string pem = json_pem(ca, "csr");
  if (pem.empty()) return invalid(json_text(ca, "name") + " signed itself and has no request");
  session.print(pem);
  return kExitOk;
}

Result<int> show_chain(Session& session, const boost::json::value& ca) {
  const std::string pem = json_pem(ca, "chain");
  if (pem.empty()) return invalid(json_text(ca, "name") + " waits for its certificate");
  session.print(pem);
  return kExitOk;
}

Verb list_cas_verb() {
  Verb verb{.name = "list", .summary = "All CAs of our own", .example = "certstead microca list"};
  verb.run = [](Session& session) -> Result<int> {
    TRY(const boost::json::value answer, session.api().get("/microcas"));
    if (session.wants_json()) {
      session.print_json(answer);
      return kExitOk;
    }
    Table table({"CA", "HEALTH", "KEY", "KIND", "MAY SIGN", "EXPIRES"});
    for (const boost::json::value& ca : json_elements(answer, "microcas")) {
      const std::string health = json_text(ca, "health");
      const auto permitted = json_texts(ca, "permitted");
      table.add({json_text(ca, "name"), Cell(health, colour_of_health(health)), json_text(ca, "key_type"),
                 json_flag(ca, "subordinate") ? "sub" : "root",
                 permitted.empty() ? "all" : join(permitted, ", "),
                 show_date(json_instant(ca, "not_after"))});
    }
    session.print(table);
    return kExitOk;
  };
  return verb;
}

Verb complete_ca_verb() {
  struct Options {
    std::string name;
    std::vector<std::string> files;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "complete",
            .summary = "Bring the certificate that another CA made for a CA of ours",
            .example = "certstead microca complete office answer.pem"};
  verb.text("name", "NAME", "Name of the CA", options->name).needed();
  verb.list("files", "FILE", "PEM, DER or PKCS#7, in any order; - reads standard input", options->files)
      .needed()
      .file();
  verb.run = [options](Session& session) -> Result<int> {
    TRY(boost::json::array files, files_for_body(session, options->files));
    TRY(const boost::json::value ca,
        about_files(session.api().post(path_of(options->name, "/complete"),
                                       boost::json::object{{"files", std::move(files)}}),
                    options->files));
    return print_ca(session, ca);
  };
  return verb;
}

Verb crl_verb() {
  struct Options {
    std::string name, out;
    bool der = false;
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "crl",
            .summary = "The certificate revocation list, signed anew at half of its seven days",
            .example = "certstead microca crl office --der --out /srv/www/office.crl"};
  verb.text("name", "NAME", "Name of the CA", options->name).needed();
  verb.text("--out", "FILE", "Write it there", options->out).file();
  verb.toggle("--der", "DER instead of PEM; needs --out", options->der);
  verb.run = [options](Session& session) -> Result<int> {
    if (options->der && options->out.empty())
      return invalid("DER goes to a file: add --out FILE", std::string(kWrongUsage));
    TRY(const boost::json::value answer, session.api().get(path_of(options->name, "/crl")));
    if (session.wants_json()) session.print_json(answer);
    if (session.wants_json() && options->out.empty()) return kExitOk;
    if (!options->der) {
      CHECK_OK(put_out(session, options->out, json_pem(answer, "pem")));
      return kExitOk;
    }
    TRY(const Bytes der, base64_decode(json_text(answer, "der", std::size_t{64} << 20)));
    CHECK_OK(put_out(session, options->out, view_text(der)));
    return kExitOk;
  };
  return verb;
}

Verb sign_verb() {
  struct Options {
    std::string file, ca = "microca", profile, out;
    std::int64_t days = 0;
  };
  auto options = std::make_shared<Options>();
  Verb verb{
      .name = "sign",
      .summary = "Sign a certification request from elsewhere; its key and DNS names are taken, nothing else",
      .example = "certstead microca sign request.pem --ca office --days 30"};
  verb.text("file", "CSR_FILE", "The request, PEM or DER; - reads standard input", options->file)
      .needed()
      .file();
  verb.text("--ca", "NAME", "The CA; default: microca", options->ca);
  verb.text("--profile", "PROFILE", "server, client or server+client; default: server", options->profile)
      .one_of({"server", "client", "server+client"});
  verb.number("--days", "How long it lives; default: 90", 1, 10'000, options->days);
  verb.text("--out", "FILE", "Write the certificate and its chain there", options->out).file();
  verb.run = [options](Session& session) -> Result<int> {
    TRY(boost::json::array files, files_for_body(session, {options->file}));
    boost::json::object body{{"csr", files.front()}};
    if (!options->profile.empty()) body["profile"] = options->profile;
    if (options->days > 0) body["days"] = options->days;
    TRY(const boost::json::value leaf,
        about_files(session.api().post(path_of(options->ca, "/sign"), std::move(body)), {options->file}));
    session.say("signed " + json_text(leaf, "serial") + " for " + join(json_texts(leaf, "names"), ", ") +
                ", valid until " + show_moment(json_instant(leaf, "not_after")));
    if (session.wants_json()) session.print_json(leaf);
    if (session.wants_json() && options->out.empty()) return kExitOk;
    CHECK_OK(put_out(session, options->out, json_pem(leaf, "chain")));
    return kExitOk;
  };
  return verb;
}

Result<std::vector<boost::json::value>> all_issued(Session& session, const std::string& name) {
  std::vector<boost::json::value> all;
  std::string after;
  while (true) {
    TRY(const boost::json::value page,
        session.api().get(path_of(name, "/issued?limit=500&after=" + url_escape(after))));
    for (boost::json::value& one : json_elements(page, "issued")) all.push_back(std::move(one));
    std::string next = json_text(page, "next");
    if (next.empty() || next == after) return all;
    after = std::move(next);
  }
}

Verb issued_verb() {
  auto name = std::make_shared<std::string>();
  Verb verb{
      .name = "issued", .summary = "What a CA has signed", .example = "certstead microca issued office"};
  verb.text("name", "NAME", "Name of the CA", *name).needed();
  verb.run = [name](Session& session) -> Result<int> {
    TRY(const auto all, all_issued(session, *name));
    if (session.wants_json()) {
      session.print_json(boost::json::object{{"issued", boost::json::array(all.begin(), all.end())}});
      return kExitOk;
    }
    Table table({"SERIAL", "STATE", "PROFILE", "NAMES", "EXPIRES"});
    for (const boost::json::value& one : all) {
      table.add({json_text(one, "serial"), json_text(one, "state"), json_text(one, "profile"),
                 join(json_texts(one, "names"), ", "), show_date(json_instant(one, "not_after"))});
    }
    session.print(table);
    return kExitOk;
  };
  return verb;
}

Verb revoke_serial_verb() {
  struct Options {
    std::string serial, ca = "microca", reason = "unspecified";
  };
  auto options = std::make_shared<Options>();
  Verb verb{.name = "revoke",
            .summary = "Put a certificate on the CA's revocation list; for those of sets: certstead revoke",
            .example = "certstead microca revoke 40a1b2 --ca office --reason keyCompromise"};
  verb.text("serial", "SERIAL", "Its serial number, hex", options->serial).needed();
  verb.text("--ca", "NAME", "The CA; default: microca", options->ca);
  verb.text("--reason", "REASON", "unspecified, keyCompromise, superseded, cessationOfOperation, ...",
            options->reason);
  verb.run = [options](Session& session) -> Result<int> {
    boost::json::object body{{"serial", options->serial}, {"reason", options->reason}};
    CHECK_OK(session.api().post(path_of(options->ca, "/revoke"), std::move(body)));
    session.say("revoked " + printable(options->serial) + "; the revocation list is signed anew");
    return kExitOk;
  };
  return verb;
}

}  // namespace

Verb micro_ca_verb() {
  Verb verb{.name = "microca",
            .summary = "CAs of our own: create list show csr complete export-cert sign issued revoke crl",
            .example = "certstead microca create office --permit office.example.test"};
  verb.verbs.push_back(create_verb());
  verb.verbs.push_back(list_cas_verb());
  verb.verbs.push_back(
      one_verb("show", "Everything that is known of a CA",
               [](Session& session, const auto& ca) { return Result<int>(print_ca(session, ca)); }));
  verb.verbs.push_back(one_verb("csr", "Print the request of a CA that another one is to sign", show_csr));
  verb.verbs.push_back(complete_ca_verb());
  verb.verbs.push_back(
      one_verb("export-cert", "Print the certificate of a CA, and those above it", show_chain));
  verb.verbs.push_back(sign_verb());
  verb.verbs.push_back(issued_verb());
  verb.verbs.push_back(revoke_serial_verb());
  verb.verbs.push_back(crl_verb());
  return verb;
}

}  // namespace certstead
