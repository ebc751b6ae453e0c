// Shell completion, made of the verbs.
#pragma once

#include "cli/verb.h"

namespace certstead {

// A script for "bash", "zsh" or "fish" that completes verbs, flags, choices and files of `root`. kInvalid for
// another shell.
Result<std::string> completion_script(const Verb& root, std::string_view shell);

}  // namespace certstead
