// Gives the flags of a verb their values: what the command line said, else the environment, else the
// configuration file; what is given nowhere keeps its default.
#pragma once

#include "cli/cli.h"
#include "cli/command_line.h"

namespace certstead {

// CERTSTEAD_SOCKET for a global flag, CERTSTEAD_GATEWAY_HTTPS for one of a verb.
std::string environment_name(const Flag& flag, const std::vector<std::string>& path);

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Stores the values of all flags of `chosen`. `config_path` is looked at after the flags and the environment
// had their say: it is where the flag --config puts its value. Its default file may be absent (and for verbs
// that are no servers, unreadable). kInvalid names flag, variable, or file and line; a key that no verb knows
// is refused.
Status apply_settings(const Verb& root, const Chosen& chosen, const Environment& environment,
                      const std::string& config_path);

}  // namespace certstead
