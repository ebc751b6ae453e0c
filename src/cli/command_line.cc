#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "base/text.h"
#include "cli/cli.h"

namespace certstead {
namespace {

// The verbs as CLI11 has them, and the way back.
struct Built {
  std::list<std::vector<std::string>> values;  // where CLI11 puts them
  std::map<const CLI::App*, const Verb*> verbs;
  std::map<const CLI::App*, std::vector<std::pair<const CLI::Option*, const Flag*>>> options;
};

void add_flag(CLI::App& app, const Flag& flag, Built& built) {
  CLI::Option* option = nullptr;
  if (flag.value.empty() && !flag.positional()) {
    option = app.add_flag(flag.names, flag.help);
  } else {
    option = app.add_option(flag.names, built.values.emplace_back(), flag.help);
    option->type_name(flag.positional() ? "" : flag.value);
    // One text after each flag: names that follow a flag's value are names.
    if (!flag.positional() || !flag.many) option->expected(1)->allow_extra_args(false);
    option->multi_option_policy(flag.many ? CLI::MultiOptionPolicy::TakeAll
                                          : CLI::MultiOptionPolicy::TakeLast);
  }
  if (!flag.choices.empty()) option->check(CLI::IsMember(flag.choices).description(""));
  if (flag.required) option->required();
  if (flag.global) option->group("Everywhere");
  built.options[&app].emplace_back(option, &flag);
}

void add_verb(CLI::App& app, const Verb& verb, Built& built) {
  built.verbs[&app] = &verb;
  app.set_help_flag("-h,--help", "Say this, and end");
  if (!verb.example.empty()) app.footer("Example:\n  " + verb.example);
  for (const Flag& flag : verb.flags) add_flag(app, flag, built);
  for (const Verb& child : verb.verbs) {
    add_verb(*app.add_subcommand(child.name, child.summary), child, built);
  }
  if (!verb.run) app.require_subcommand(1);
}

// What a switch stands for is said as "true".
std::vector<std::string> values_of(const CLI::Option& option, const Flag& flag) {
  if (flag.value.empty() && !flag.positional()) return {"true"};
  return option.results();
}

// A global flag that was given before the verb counts as the verb's own, unless that was given as well.
void hand_down(Chosen& chosen) {
  for (const Flag& own : chosen.verb->flags) {
    if (!own.global || chosen.given.count(&own) > 0) continue;
    const auto above = std::find_if(chosen.given.begin(), chosen.given.end(), [&](const auto& given) {
      return given.first->global && given.first->names == own.names;
    });
    if (above == chosen.given.end()) continue;
    auto node = chosen.given.extract(above);
    node.key() = &own;
    chosen.given.insert(std::move(node));
  }
}

Chosen chosen(const CLI::App& root, const Built& built) {
  Chosen out;
  const CLI::App* app = &root;
  while (true) {
    const auto options = built.options.find(app);
    if (options != built.options.end()) {
      for (const auto& [option, flag] : options->second) {
        if (option->count() > 0) out.given[flag] = values_of(*option, *flag);
      }
    }
    const std::vector<CLI::App*> next = app->get_subcommands();
    if (next.empty()) break;
    app = next.front();
    out.path.push_back(app->get_name());
  }
  out.verb = built.verbs.at(app);
  hand_down(out);
  return out;
}

std::string names_of(const std::list<Verb>& verbs) {
  std::vector<std::string> names;
  for (const Verb& verb : verbs) names.push_back(verb.name);
  return join(names, ", ");
}

Said complaint(const CLI::App& root, const Built& built, const CLI::ParseError& error) {
  std::string path = root.get_name();
  const CLI::App* app = &root;
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    path += " " + app->get_name();
  }
  std::string text = printable(error.what(), 500);
  const Verb& verb = *built.verbs.at(app);
  if (!verb.run && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    const std::vector<std::string> rest = app->remaining();
    text = rest.empty() ? "say what to do" : "there is no '" + printable(rest.front(), 60) + "' here";
    text += "; there is: " + names_of(verb.verbs);
  }
  return {"", path + ": " + text + "\nSee: " + path + " --help\n", kExitUsage};
}

// One empty line where CLI11 leaves two.
std::string without_gaps(std::string text) {
  for (std::size_t at = text.find("\n\n\n"); at != std::string::npos; at = text.find("\n\n\n", at)) {
    text.erase(at, 1);
  }
  return text;
}

}  // namespace

std::variant<Chosen, Said> read_command_line(const Verb& root, int argc, const char* const* argv) {
  CLI::App app(root.summary, root.name);
  Built built;
  add_verb(app, root, built);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Said{without_gaps(app.help()), "", kExitOk};
  } catch (const CLI::ParseError& error) {
    return complaint(app, built, error);
  }
  return chosen(app, built);
}

}  // namespace certstead
