// The files of deploy.d, one deployment each (TOML; README.md lists the keys).
#pragma once

#include <string_view>

#include "deploy/deployment.h"

namespace certstead {

// `name` is that of the file without ".toml", `path` is for errors, which name the line. kInvalid
// ("deploy-config") for broken TOML, a key that there is not, a value of another type, and what makes no
// sense together. Pure.
Result<Deployment> parse_deployment(std::string_view text, std::string name, std::string_view path);
// The text of a file that parse_deployment reads as `deployment`; what is as by default is left out. Pure.
std::string deployment_text(const Deployment& deployment);
// 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit. kInvalid.
Status check_deployment_name(std::string_view name);

}  // namespace certstead
