// Registered domains by the Public Suffix List.
#pragma once

#include <memory>

#include "model/registered_domains.h"

struct psl_ctx_st;

namespace certstead {

// Reads the system's list when it is made (the package publicsuffix), or takes the one inside libpsl if that
// is newer. See RegisteredDomains.
class PublicSuffixes final : public RegisteredDomains {
 public:
  PublicSuffixes();
  std::string registered_domain(const DomainName& name) const override;

 private:
  std::shared_ptr<const psl_ctx_st> list_;
};

}  // namespace certstead
