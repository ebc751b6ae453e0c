// The issuer that a person names for a set.
#pragma once

#include "manager/context.h"

namespace certstead {

struct ChosenIssuer {
  IssuerRecord record;
  bool made = false;  // by this very use
};

// The issuer of that name. The CA kDefaultMicroCa is made on its first use; a dry run only says what it will
// be. kNotFound for any other that is not there.
Result<ChosenIssuer> choose_issuer(const Context& context, const std::string& name, bool dry_run,
                                   const Actor& actor);
// What to tell of one that was made.
std::string made_text(const IssuerRecord& issuer);

}  // namespace certstead
