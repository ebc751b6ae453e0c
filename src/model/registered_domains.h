// Port: which part of a host name somebody has registered. CAs count certificates by it.
#pragma once

#include "model/domain_name.h"

namespace certstead {

class RegisteredDomains {
 public:
  virtual ~RegisteredDomains() = default;
  // "example.co.uk" for "www.example.co.uk", in A-labels; the name itself if it is a public suffix. No I/O;
  // the same answer for as long as the object lives. Safe from any thread.
  virtual std::string registered_domain(const DomainName& name) const = 0;
};

}  // namespace certstead
