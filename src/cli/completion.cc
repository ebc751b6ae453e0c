#include "cli/completion.h"

#include "base/text.h"

namespace certstead {
namespace {

// A verb, or a verb of a verb, with its words as they are typed.
struct Place {
  std::string path;  // "", "issuer", "issuer add"
  const Verb* verb;
};

std::vector<Place> all_places(const Verb& root) {
  std::vector<Place> places = {{"", &root}};
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Place place = places[i];
    for (const Verb& verb : place.verb->verbs) {
      places.push_back({place.path.empty() ? verb.name : place.path + " " + verb.name, &verb});
    }
  }
  return places;
}

std::string flags_of(const Verb& verb) {
  std::vector<std::string> words = {"-h", "--help"};
  for (const Flag& flag : verb.flags) {
    if (flag.positional()) continue;
    for (const std::string_view name : split(flag.names, ',')) words.emplace_back(name);
  }
  return join(words, " ");
}

std::string verbs_of(const Verb& verb) {
  std::vector<std::string> words;
  for (const Verb& child : verb.verbs) words.push_back(child.name);
  return join(words, " ");
}

// "issuer add:--key": what stands before the value of a flag. One line of the table for each.
std::string values_table(const std::vector<Place>& places) {
  std::string out;
  for (const Place& place : places) {
    for (const Flag& flag : place.verb->flags) {
      if (flag.positional() || flag.value.empty()) continue;
      std::vector<std::string> keys;
      for (const std::string_view name : split(flag.names, ',')) {
        keys.push_back("'" + place.path + ":" + std::string(name) + "'");
      }
      const std::string words = flag.takes_file        ? "@file"
                                : flag.choices.empty() ? "@any"
                                                       : join(flag.choices, " ");
      out += "    " + join(keys, "|") + ") values='" + words + "' ;;\n";
    }
  }
  return out;
}

// What may follow at a place: verbs, or the choices of a positional argument, or files.
std::string words_of(const Verb& verb) {
  std::string out = verbs_of(verb);
  for (const Flag& flag : verb.flags) {
    if (!flag.positional()) continue;
    if (flag.takes_file) return "@file";
    if (!flag.choices.empty()) out += (out.empty() ? "" : " ") + join(flag.choices, " ");
  }
  return out;
}

std::string places_table(const std::vector<Place>& places) {
  std::string out;
  for (const Place& place : places) {
    out += "    '" + place.path + "') offered='" + words_of(*place.verb) + "'; flags='" +
           flags_of(*place.verb) + "' ;;\n";
  }
  return out;
}

std::string descend_table(const std::vector<Place>& places) {
  std::vector<std::string> paths;
  for (const Place& place : places) {
    if (!place.path.empty()) paths.push_back("'" + place.path + "'");
  }
  return "      " + join(paths, "|") + ") place=$next ;;\n";
}

constexpr std::string_view kBashHead =
    R"(# bash completion for certstead: put it into /etc/bash_completion.d/certstead
_certstead() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} place='' next i offered flags values=''
  for ((i = 1; i < COMP_CWORD; i++)); do
    next=${place:+$place }${COMP_WORDS[i]}
    case $next in
)";
constexpr std::string_view kBashMiddle = R"(    esac
  done
  case $place:$before in
)";
constexpr std::string_view kBashTail = R"(  esac
  [[ -z $values && $current == -* ]] && values=$flags
  [[ -z $values ]] && values=$offered
  case $values in
    @file) COMPREPLY=($(compgen -f -- "$current")) ;;
    @any|'') COMPREPLY=() ;;
    *) COMPREPLY=($(compgen -W "$values" -- "$current")) ;;
  esac
}
complete -o filenames -F _certstead certstead
)";

std::string bash_script(const Verb& root) {
  const std::vector<Place> places = all_places(root);
  return std::string(kBashHead) + descend_table(places) + std::string(kBashMiddle) + values_table(places) +
         "  esac\n  case $place in\n" + places_table(places) + std::string(kBashTail);
}

// The same function; zsh runs it through its own emulation of bash completion.
std::string zsh_script(const Verb& root) {
  return "#compdef certstead\n# zsh completion for certstead: put it into a directory of $fpath as "
         "_certstead\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         bash_script(root);
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// True at `place` exactly: all its words were typed, and none of its own verbs.
std::string fish_condition(const Place& place) {
  std::string condition;
  for (const std::string_view word : split(place.path, ' ')) {
    if (word.empty()) continue;
    condition += (condition.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + std::string(word));
  }
  const std::string verbs = verbs_of(*place.verb);
  if (!verbs.empty()) {
    condition += (condition.empty() ? "" : "; and ") + ("not __fish_seen_subcommand_from " + verbs);
  }
  return " -n " + fish_quoted(condition);
}

std::string fish_flag(const Flag& flag) {
  std::string out;
  for (const std::string_view name : split(flag.names, ',')) {
    out +=
        name.starts_with("--") ? " -l " + std::string(name.substr(2)) : " -s " + std::string(name.substr(1));
  }
  if (!flag.value.empty()) out += flag.takes_file ? " -r -F" : " -x";
  if (!flag.choices.empty()) out += " -a " + fish_quoted(join(flag.choices, " "));
  return out + " -d " + fish_quoted(flag.help);
}

std::string fish_script(const Verb& root) {
  std::string out =
      "# fish completion for certstead: put it into ~/.config/fish/completions/certstead.fish\n"
      "complete -c certstead -f\n";
  for (const Place& place : all_places(root)) {
    const std::string start = "complete -c certstead" + fish_condition(place);
    for (const Verb& verb : place.verb->verbs) {
      out += start + " -a " + verb.name + " -d " + fish_quoted(verb.summary) + "\n";
    }
    for (const Flag& flag : place.verb->flags) {
      if (!flag.positional()) {
        out += start + fish_flag(flag) + "\n";
      } else if (flag.takes_file) {
        out += start + " -F\n";
      } else if (!flag.choices.empty()) {
        out += start + " -a " + fish_quoted(join(flag.choices, " ")) + "\n";
      }
    }
  }
  return out;
}

}  // namespace

Result<std::string> completion_script(const Verb& root, std::string_view shell) {
  if (shell == "bash") return bash_script(root);
  if (shell == "zsh") return zsh_script(root);
  if (shell == "fish") return fish_script(root);
  return invalid("there is completion for bash, zsh and fish, not for '" + printable(shell, 40) + "'");
}

}  // namespace certstead
