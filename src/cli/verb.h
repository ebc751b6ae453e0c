// Verbs and their flags as data: declared once, read by the command line, the configuration, the completion.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace certstead {

class Session;

// A flag or a positional argument, and where its value goes.
struct Flag {
  std::string names;  // "-d,--domain"; without a hyphen ("NAME") it is positional
  std::string value;  // what its value is called, "NAME"; empty: a switch
  std::string help;
  bool many = false;                      // may be given several times
  bool required = false;                  // of positional ones
  bool configurable = false;              // the environment and the configuration file may give it too
  std::string config_key = {};            // there; empty: VERB.FLAG, or FLAG of a global one
  bool global = false;                    // the same with every verb
  bool takes_file = false;                // for completion
  bool any_bytes = false;                 // need not be UTF-8, as paths need not
  std::vector<std::string> choices = {};  // what there is; empty: anything
  // Stores what was given: one text, or with `many` all of them; a switch gets "true" or "false". kInvalid
  // with a sentence without the flag's name.
  std::function<Status(const std::vector<std::string>& given)> store;

  bool positional() const { return names.front() != '-'; }
  // "socket" of "-s,--socket": how the configuration file calls it.
  std::string long_name() const;
  Flag& needed() {
    required = true;
    return *this;
  }
  Flag& from_config() {
    configurable = true;
    return *this;
  }
  // The file's setting of another verb, "manager.data".
  Flag& from_config(std::string key) {
    config_key = std::move(key);
    return from_config();
  }
  Flag& file() {
    takes_file = any_bytes = true;
    return *this;
  }
  Flag& one_of(std::vector<std::string> words) {
    choices = std::move(words);
    return *this;
  }
};

struct Verb {
  std::string name;
  std::string summary;
  std::string example;  // one command line
  std::list<Flag> flags = {};
  std::list<Verb> verbs = {};
  bool makes_config = false;  // the configuration file may be absent
  // Does it, and says with which exit code to end.
  std::function<Result<int>(Session&)> run = {};

  // Declare flags. `into` must live as long as the verb.
  Flag& text(std::string names, std::string value, std::string help, std::string& into);
  // Several, also with commas between them.
  Flag& list(std::string names, std::string value, std::string help, std::vector<std::string>& into);
  // A switch that makes `into` become `to`.
  Flag& toggle(std::string names, std::string help, bool& into, bool to = true);
  Flag& number(std::string names, std::string help, std::int64_t least, std::int64_t most,
               std::int64_t& into);
  // The words of a program to run, behind "--".
  void command(std::vector<std::string>& into);
  Flag& custom(std::string names, std::string value, std::string help,
               std::function<Status(const std::string&)> store);
};

}  // namespace certstead
