// What a running verb works with.
#pragma once

#include "cli/api_client.h"
#include "cli/cli.h"
#include "cli/table.h"

namespace certstead {

// What every verb can be told.
struct GlobalOptions {
  std::string socket = kDefaultSocket;
  std::string output = "table";  // or "json"
  std::string config = kDefaultConfig;
  bool quiet = false;
};

// Id of an error that is the caller's: exit code 2.
inline constexpr std::string_view kWrongUsage = "wrong-usage";

class Session {
 public:
  Session(const GlobalOptions& options, CliWorld& world)
      : options_(options), world_(world), api_(world.connect, options.socket) {}

  ApiClient& api() { return api_; }
  CliWorld& world() { return world_; }
  const GlobalOptions& options() const { return options_; }
  bool wants_json() const { return options_.output == "json"; }
  // On a terminal, unless NO_COLOR is set or TERM is "dumb".
  bool colours() const;

  // A result.
  void print(std::string_view text);
  void print(const Table& table);
  void print_json(const boost::json::value& value);
  // A word on how things go; with --quiet not said.
  void say(std::string_view line);
  // Asks on a terminal; without one the answer is yes, as scripts can't answer.
  bool confirm(std::string_view question);
  // Asks on the terminal for a secret in one line, which is not shown.
  Result<SecretBytes> ask_secret(const std::string& prompt) { return world_.ask_secret(prompt); }

 private:
  const GlobalOptions& options_;
  CliWorld& world_;
  ApiClient api_;
};

}  // namespace certstead
