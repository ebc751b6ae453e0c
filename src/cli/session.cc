#include "cli/session.h"

#include <istream>
#include <ostream>

#include "base/text.h"
#include "json/json.h"

namespace certstead {

bool Session::colours() const {
  const auto is_set = [&](const std::string& name) {
    const std::optional<std::string> value = world_.environment(name);
    return value && !value->empty();
  };
  return world_.terminal_out && !is_set("NO_COLOR") && world_.environment("TERM").value_or("") != "dumb";
}

void Session::print(std::string_view text) {
  world_.out << text;
  if (!text.empty() && text.back() != '\n') world_.out << '\n';
}

void Session::print(const Table& table) { world_.out << table.text(colours()); }

void Session::print_json(const boost::json::value& value) { world_.out << to_pretty_json(value); }

void Session::say(std::string_view line) {
  if (!options_.quiet) world_.err << line << std::endl;
}

bool Session::confirm(std::string_view question) {
  if (!world_.terminal_in) return true;
  world_.err << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(world_.in, answer);
  const std::string word = lower_ascii(trim(answer));
  return word == "y" || word == "yes";
}

}  // namespace certstead
