// Settings and secrets of a DNS account from where a person may have them: flags, files, the environment by
// lego's names, the terminal.
#pragma once

#include <boost/json/object.hpp>

#include "cli/session.h"

namespace certstead {

struct DnsSettingFlags {
  std::vector<std::string> set;      // "NAME=VALUE"
  std::vector<std::string> secrets;  // "NAME=@FILE", or "NAME" to be asked for it
  std::string secret_file;           // of the only secret that the provider needs
};

// `settings` and `secrets` of a body, for the provider as the interface describes it. What no flag gives is
// taken from the environment (NAME, or NAME_FILE with a file's name). With `asks`, a secret that is needed
// and still missing is asked for on the terminal. kInvalid for a secret's value on the command line.
Result<boost::json::object> dns_settings_for_body(Session& session, const boost::json::value& provider,
                                                  const DnsSettingFlags& flags, bool asks);
// The secrets alone, for a rotation: the environment counts too.
Result<boost::json::object> dns_secrets_for_body(Session& session, const boost::json::value& provider,
                                                 const DnsSettingFlags& flags);

}  // namespace certstead
