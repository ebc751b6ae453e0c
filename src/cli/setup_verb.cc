#include <boost/json/object.hpp>
#include <istream>
#include <ostream>

#include "base/text.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

struct Wanted {
  SetupOptions places;
  std::string email, issuer = "letsencrypt-staging";
  bool agree = false;
};

Result<std::string> ask(Session& session, const std::string& question) {
  CliWorld& world = session.world();
  world.err << question << " " << std::flush;
  std::string answer;
  std::getline(world.in, answer);
  return std::string(trim(answer));
}

// What was not given is asked for on a terminal.
Status complete(Session& session, Wanted& wanted) {
  const bool terminal = session.world().terminal_in;
  if (wanted.email.empty() && terminal) {
    TRY(wanted.email, ask(session, "E-mail address for the CA (where it warns you):"));
  }
  if (wanted.email.empty())
    return invalid("give an address for the CA: --email you@example.org", std::string(kWrongUsage));
  if (wanted.agree) return Done{};
  if (terminal &&
      session.confirm("Do you agree to the terms of service of " + printable(wanted.issuer) + "?")) {
    wanted.agree = true;
    return Done{};
  }
  return invalid("no CA issues without its terms of service being agreed to: --agree-tos",
                 std::string(kWrongUsage));
}

// With a manager at hand the account is made as well; else the commands for it are printed. The same call
// later does what is left.
Result<bool> introduce(Session& session, const Wanted& wanted) {
  const auto issuer =
      session.api().put("/settings/default-issuer", boost::json::object{{"value", wanted.issuer}});
  if (!issuer && issuer.error().id == kManagerUnreachable) return false;
  CHECK_OK(issuer);
  const auto account = session.api().post(
      "/accounts",
      boost::json::object{{"issuer", wanted.issuer}, {"email", wanted.email}, {"agree_tos", true}});
  if (!account && account.error().code != Code::kConflict) return account.error();
  return true;
}

std::string next_steps(const Wanted& wanted, const GlobalOptions& globals, bool introduced) {
  const std::string config = globals.config == kDefaultConfig ? "" : " --config " + globals.config;
  std::string out = "\nKeep a copy of " + wanted.places.identity +
                    " off this host: without it nothing in the store opens. A sealed backup holds it:\n"
                    "  certstead" +
                    config + " backup recipient create safe --out KEYFILE\n  certstead" + config +
                    " backup create --to FILE\n\nNext:\n";
  if (!introduced) {
    out += globals.config == kDefaultConfig ? "  systemctl enable --now certstead-manager\n"
                                            : "  certstead manager" + config + "\n";
    out += "  certstead" + config + " issuer default " + wanted.issuer + "\n  certstead" + config +
           " account add " + wanted.issuer + " --email " + wanted.email + " --agree-tos\n";
  }
  return out + "  certstead" + config + " request www.example.org\n";
}

Result<int> run_setup(Session& session, Wanted& wanted, const GlobalOptions& globals,
                      const std::function<Result<LocalAnswer>(const SetupOptions&)>& work) {
  CHECK_OK(complete(session, wanted));
  wanted.places.config = globals.config;
  wanted.places.socket = globals.socket;
  TRY(LocalAnswer answer, work(wanted.places));
  TRY(const bool introduced, introduce(session, wanted));
  answer.facts.emplace_back(
      "account", introduced ? wanted.email + " at " + wanted.issuer : "to be made when the manager runs");
  print_local(session, answer);
  if (!session.wants_json()) session.print(next_steps(wanted, globals, introduced));
  return kExitOk;
}

}  // namespace

Verb setup_verb(const LocalVerbs& local, const GlobalOptions& globals) {
  auto wanted = std::make_shared<Wanted>();
  Verb verb{.name = "setup",
            .summary = "Make user, directories, identity and configuration of a manager; again does no harm",
            .example = "certstead setup --email you@example.org --agree-tos --issuer letsencrypt-staging"};
  verb.makes_config = true;
  verb.text("-m,--email", "ADDRESS", "For the account at the CA", wanted->email);
  verb.toggle("--agree-tos", "Agree to the terms of service of the CA", wanted->agree);
  verb.text("--issuer", "ISSUER", "The CA to use by default; default: letsencrypt-staging", wanted->issuer);
  verb.text("--data", "DIR", "The store; default: /var/lib/certstead", wanted->places.data)
      .from_config("manager.data")
      .file();
  verb.text("--identity", "DIR", "The manager's own keys; default: /etc/certstead/identity",
            wanted->places.identity)
      .from_config("manager.identity")
      .file();
  verb.text("--user", "USER", "User and group of the manager, made if absent; default: certstead",
            wanted->places.user);
  verb.run = [wanted, &globals, work = local.setup](Session& session) {
    return run_setup(session, *wanted, globals, work);
  };
  return verb;
}

}  // namespace certstead
