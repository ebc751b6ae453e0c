#include "cli/cli.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <thread>

#include "base/text.h"
#include "cli/ask_secret.h"
#include "cli/command_line.h"
#include "cli/completion.h"
#include "cli/settings.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

// On every level, so that they may stand before the verb and behind it.
void add_global_flags(Verb& verb, GlobalOptions& into) {
  for (Verb& child : verb.verbs) add_global_flags(child, into);
  const auto mark = [](Flag& flag) -> Flag& {
    flag.global = true;
    return flag;
  };
  mark(verb.text("--socket", "PATH", "Socket of the manager; default: " + into.socket, into.socket))
      .from_config()
      .file();
  mark(verb.text("-o,--output", "FORMAT", "table or json; default: table", into.output))
      .one_of({"table", "json"})
      .from_config();
  mark(verb.toggle("-q,--quiet", "Say only results and errors", into.quiet));
  mark(verb.text("--config", "FILE", "Configuration file; default: " + into.config, into.config)).file();
}

Verb completion_verb(const Verb& root) {
  auto shell = std::make_shared<std::string>();
  Verb verb{.name = "completion",
            .summary = "Print a script that completes verbs and flags in your shell",
            .example = "certstead completion bash > /etc/bash_completion.d/certstead"};
  verb.text("shell", "SHELL", "bash, zsh or fish", *shell).needed().one_of({"bash", "zsh", "fish"});
  verb.run = [shell, &root](Session& session) -> Result<int> {
    TRY(const std::string script, completion_script(root, *shell));
    session.print(script);
    return kExitOk;
  };
  return verb;
}

// `root` must stay where it is.
void add_verbs(Verb& root, const ServerVerbs& servers, GlobalOptions& globals) {
  for (const auto make : {request_verb, import_verb,  list_verb,    show_verb,     status_verb, renew_verb,
                          revoke_verb,  delete_verb,  csr_verb,     complete_verb, cancel_verb, export_verb,
                          issuer_verb,  account_verb, roots_verb,   micro_ca_verb, dns_verb,    health_verb,
                          notify_verb,  jobs_verb,    members_verb, audit_verb,    cache_verb,  probe_verb}) {
    root.verbs.push_back(make());
  }
  root.verbs.push_back(deploy_verb(servers));
  if (servers.manager) root.verbs.push_back(manager_verb(servers, globals));
  if (servers.gateway) root.verbs.push_back(gateway_verb(servers));
  root.verbs.push_back(preload_verb());
  if (servers.lab) root.verbs.push_back(lab_verb(servers));
  root.verbs.push_back(backup_verb(servers.local));
  if (servers.local.offline_list) root.verbs.push_back(offline_verb(servers.local));
  if (servers.local.setup) root.verbs.push_back(setup_verb(servers.local, globals));
  root.verbs.push_back(version_verb());
  root.verbs.push_back(completion_verb(root));
  add_global_flags(root, globals);
}

int exit_code_of(const Error& error) {
  if (error.id == kManagerUnreachable) return kExitUnreachable;
  return error.id == kWrongUsage ? kExitUsage : kExitFailed;
}

int complain(CliWorld& world, const Error& error, int exit_code) {
  world.err << "certstead: " << printable(error.detail, 3000);
  if (error.retry_after) {
    world.err << " (try again in " << describe(std::chrono::duration_cast<Duration>(*error.retry_after))
              << ")";
  }
  world.err << std::endl;
  return exit_code;
}

int run(int argc, const char* const* argv, const ServerVerbs& servers, CliWorld& world) {
  GlobalOptions globals;
  Verb root{.name = "certstead",
            .summary = "Gets, renews and serves the TLS certificates of your servers.",
            .example = "certstead request www.example.test --email admin@example.test --agree-tos"};
  add_verbs(root, servers, globals);
  const std::variant<Chosen, Said> read = read_command_line(root, argc, argv);
  if (const Said* said = std::get_if<Said>(&read)) {
    world.out << said->out << std::flush;
    world.err << said->err << std::flush;
    return said->exit_code;
  }
  const Chosen& chosen = std::get<Chosen>(read);
  const std::string from_environment = world.environment("CERTSTEAD_CONFIG").value_or("");
  if (!from_environment.empty()) globals.config = from_environment;
  const Status settled = apply_settings(root, chosen, world.environment, globals.config);
  if (!settled) return complain(world, settled.error(), kExitUsage);
  Session session(globals, world);
  const Result<int> ended = chosen.verb->run(session);
  return ended ? *ended : complain(world, ended.error(), exit_code_of(ended.error()));
}

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

int run_cli(int argc, const char* const* argv, const ServerVerbs& servers, CliWorld& world) {
  try {
    const int exit_code = run(argc, argv, servers, world);
    world.out.flush();
    return world.out ? exit_code : kExitFailed;
  } catch (const std::exception& problem) {
    return complain(world, internal(problem.what()), kExitFailed);
  }
}

int run_cli(int argc, const char* const* argv, const ServerVerbs& servers, const std::string& version) {
  const SystemClock clock;
  CliWorld world{.out = std::cout,
                 .err = std::cerr,
                 .in = std::cin,
                 .clock = clock,
                 .terminal_in = ::isatty(STDIN_FILENO) == 1,
                 .terminal_out = ::isatty(STDOUT_FILENO) == 1,
                 .environment = environment_variable,
                 .connect = connect_to_manager,
                 .ask_secret = ask_secret,
                 .pause = [](Duration span) { std::this_thread::sleep_for(span); },
                 .version = version};
  return run_cli(argc, argv, servers, world);
}

}  // namespace certstead
