#include <boost/json/object.hpp>

#include "base/text.h"
#include "cli/deploy_places.h"
#include "cli/verbs.h"
#include "cli/words.h"

namespace certstead {
namespace {

struct AddOptions {
  Deployment deployment;
  std::string layout = "combined", mode, public_mode;
  std::vector<std::string> keys;
  std::int64_t hook_seconds = 60, prove_seconds = 15;
};

std::function<Status(const std::string&)> words_into(std::vector<std::string>& into) {
  return [&into](const std::string& text) -> Status {
    TRY(into, split_words(text));
    return Done{};
  };
}

Result<int> parse_mode(const std::string& text, int standard) {
  if (text.empty()) return standard;
  int mode = 0;
  for (const char c : text) {
    if (c < '0' || c > '7' || text.size() > 4) {
      return invalid("'" + printable(text, 20) + "' is no mode such as 0640", std::string(kWrongUsage));
    }
    mode = mode * 8 + (c - '0');
  }
  return mode;
}

// What was given, as the file will say it: read again from its own text, so that one set of rules judges
// both.
Result<Deployment> deployment_of(const AddOptions& options, const std::string& directory) {
  Deployment wanted = options.deployment;
  TRY(wanted.layout, parse_layout(options.layout));
  TRY(wanted.permissions.mode, parse_mode(options.mode, wanted.permissions.mode));
  TRY(wanted.permissions.public_mode, parse_mode(options.public_mode, wanted.permissions.public_mode));
  for (const std::string& key : options.keys)
    wanted.kinds.push_back(key == "rsa" ? KeyKind::kRsa : KeyKind::kEcdsa);
  wanted.hooks.limit = std::chrono::seconds(options.hook_seconds);
  wanted.proof_within = std::chrono::seconds(options.prove_seconds);
  if (wanted.lineage.empty()) wanted.lineage = wanted.set;
  CHECK_OK(check_deployment_name(wanted.name));
  return parse_deployment(deployment_text(wanted), wanted.name, directory + "/" + wanted.name + ".toml");
}

// Says what will be done. What is not issued yet, or a view that is not there yet, keeps nobody from adding.
Status try_dry(Session& session, const DeployHost& host, const Deployment& deployment) {
  const auto steps = host.describe(deployment);
  if (steps) {
    std::string text;
    for (const std::string& step : *steps) text += "  " + printable(step, 3000) + "\n";
    if (!session.wants_json()) session.print(text);
    return Done{};
  }
  if (steps.error().code != Code::kNotFound) return steps.error();
  session.say("not deployed yet: " + printable(steps.error().detail, 1000));
  return Done{};
}

Result<int> add(Session& session, const DeployPlaces& places, const AddOptions& options) {
  TRY(const Deployment deployment, deployment_of(options, places.directory));
  NullLog log;
  const DeployHost host(places, session.world().clock, log);
  const auto known = host.directory().find(deployment.name);
  if (known)
    return conflict("there is a deployment \"" + deployment.name + "\" already; remove it first",
                    "deploy-exists");
  CHECK_OK(try_dry(session, host, deployment));
  CHECK_OK(host.directory().add(deployment));
  if (session.wants_json()) {
    session.print_json(
        boost::json::object{{"name", deployment.name}, {"config", deployment_text(deployment)}});
  }
  session.say("added " + places.directory + "/" + deployment.name + ".toml; `certstead deploy run " +
              deployment.name + "` deploys now, `deploy watch` within a second");
  return kExitOk;
}

void add_file_flags(Verb& verb, AddOptions& o) {
  Deployment& d = o.deployment;
  verb.text("--layout", "LAYOUT", "How the files lie; default: combined", o.layout)
      .one_of({"certbot", "combined", "files", "pkcs12", "haproxy"});
  verb.text("--path", "PATH", "certbot, haproxy: the directory; combined, pkcs12: the file", d.path);
  verb.text("--lineage", "NAME", "Name in live/ and archive/, or of the HAProxy bundle; default: the set",
            d.lineage);
  verb.text("--key-file", "PATH", "files: the private key", d.key_path);
  verb.text("--cert-file", "PATH", "files: the certificate alone", d.cert_path);
  verb.text("--chain-file", "PATH", "files: the intermediates", d.chain_path);
  verb.text("--fullchain-file", "PATH", "files: certificate and intermediates", d.fullchain_path);
  verb.list("--keys", "KIND",
            "Only ecdsa or only rsa; default: all of the set ({key} in paths stands for it)", o.keys)
      .one_of({"ecdsa", "rsa"});
  verb.text("--owner", "USER", "Owner of the files", d.permissions.owner);
  verb.text("--group", "GROUP", "Group of the files", d.permissions.group);
  verb.text("--mode", "MODE", "Of files with the key; default: 0600", o.mode);
  verb.text("--public-mode", "MODE", "Of files without; default: 0644", o.public_mode);
  verb.text("--password-file", "FILE", "pkcs12: its first line is the password", d.password_file).file();
  verb.toggle("--legacy-pkcs12", "pkcs12: in the form that old programs read", d.legacy_pkcs12);
  verb.text("--haproxy-socket", "PATH", "Give HAProxy the new certificates over this socket",
            d.haproxy_socket)
      .file();
  verb.text("--haproxy-path", "DIR", "The directory by which HAProxy calls the files", d.haproxy_path);
}

void add_hook_flags(Verb& verb, AddOptions& o) {
  Hooks& hooks = o.deployment.hooks;
  verb.custom("--pre", "COMMAND", "Run before anything is written", words_into(hooks.pre));
  verb.custom("--check", "COMMAND", "Run with the new files in place; if it fails they are taken back",
              words_into(hooks.check));
  verb.custom("--reload", "COMMAND", "Tells the program; if it fails the files are taken back",
              words_into(hooks.reload));
  verb.custom("--post", "COMMAND", "Run at the end", words_into(hooks.post));
  verb.number("--hook-seconds", "Time for each command; default: 60", 1, 3600, o.hook_seconds);
  verb.list("--prove", "URL",
            "Shake hands there until the new certificate is served: https://HOST[:PORT], "
            "smtp+starttls://HOST, ...; ?name=NAME asks for another name",
            o.deployment.proofs);
  verb.number("--prove-seconds", "How long the program may take for it; default: 15", 1, 3600,
              o.prove_seconds);
}

}  // namespace

Verb deploy_add_verb(const std::shared_ptr<DeployPlaces>& places) {
  auto options = std::make_shared<AddOptions>();
  Verb verb{
      .name = "add",
      .summary = "Write a deployment into the directory of deployments, after a dry run",
      .example =
          "certstead deploy add mail --set mail.example.test --layout combined --path /etc/postfix/mail.pem "
          "--keys ecdsa --reload 'postfix reload' --prove smtp+starttls://mail.example.test"};
  verb.text("name", "NAME", "What to call it", options->deployment.name).needed();
  verb.text("--set", "SET", "Whose certificates", options->deployment.set);
  add_file_flags(verb, *options);
  add_hook_flags(verb, *options);
  verb.run = [places, options](Session& session) { return add(session, *places, *options); };
  return verb;
}

}  // namespace certstead
