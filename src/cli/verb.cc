#include "cli/verb.h"

#include "base/text.h"

namespace certstead {

std::string Flag::long_name() const {
  const std::vector<std::string_view> all = split(names, ',');
  const std::string_view last = all.back();
  return std::string(last.substr(std::min(last.find_first_not_of('-'), last.size())));
}

Flag& Verb::custom(std::string names, std::string value, std::string help,
                   std::function<Status(const std::string&)> store) {
  Flag& flag = flags.emplace_back();
  flag.names = std::move(names);
  flag.value = std::move(value);
  flag.help = std::move(help);
  flag.store = [store = std::move(store)](const std::vector<std::string>& given) -> Status {
    for (const std::string& one : given) CHECK_OK(store(one));
    return Done{};
  };
  return flag;
}

Flag& Verb::text(std::string names, std::string value, std::string help, std::string& into) {
  return custom(std::move(names), std::move(value), std::move(help),
                [&into](const std::string& given) -> Status {
                  into = given;
                  return Done{};
                });
}

Flag& Verb::list(std::string names, std::string value, std::string help, std::vector<std::string>& into) {
  const auto add = [&into](const std::string& given) -> Status {
    for (const std::string_view part : split(given, ',')) {
      if (trim(part).empty())
        return invalid("there is nothing between two commas in '" + printable(given) + "'");
      into.emplace_back(trim(part));
    }
    return Done{};
  };
  Flag& flag = custom(std::move(names), std::move(value), std::move(help), add);
  flag.many = true;
  return flag;
}

void Verb::command(std::vector<std::string>& into) {
  Flag& flag = custom("command", "COMMAND", "The program and its arguments, behind --",
                      [&into](const std::string& word) -> Status {
                        into.push_back(word);
                        return Done{};
                      });
  flag.many = flag.any_bytes = true;
  flag.needed();
}

Flag& Verb::toggle(std::string names, std::string help, bool& into, bool to) {
  return custom(std::move(names), "", std::move(help), [&into, to](const std::string& given) -> Status {
    if (given != "true" && given != "false") {
      return invalid("it must be true or false, not '" + printable(given, 40) + "'");
    }
    into = (given == "true") == to;
    return Done{};
  });
}

Flag& Verb::number(std::string names, std::string help, std::int64_t least, std::int64_t most,
                   std::int64_t& into) {
  return custom(std::move(names), "N", std::move(help), [=, &into](const std::string& given) -> Status {
    const std::optional<std::uint64_t> value = parse_number(given);
    if (!value || *value > static_cast<std::uint64_t>(most) || static_cast<std::int64_t>(*value) < least) {
      return invalid("it must be a whole number from " + std::to_string(least) + " to " +
                     std::to_string(most) + ", not '" + printable(given, 40) + "'");
    }
    into = static_cast<std::int64_t>(*value);
    return Done{};
  });
}

}  // namespace certstead
