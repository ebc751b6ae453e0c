// Trusted roots and intermediates: what chains are checked against and completed with.
#pragma once

#include "base/bytes.h"
#include "model/audit.h"
#include "model/certificate_facts.h"

namespace certstead {

struct TrustedRoot {
  std::string name;   // unique; its common name unless chosen
  Bytes certificate;  // DER
  CertificateFacts facts;
  bool self_signed = false;             // an intermediate is accepted too, and said to be one
  std::vector<std::string> categories;  // what it is for; empty: everything
  Instant created;
};

class TrustedRoots {
 public:
  virtual ~TrustedRoots() = default;
  virtual Status add_root(const TrustedRoot& root,
                          const AuditNote& note) = 0;  // kConflict if name or certificate is there
  virtual Result<std::vector<TrustedRoot>> list_roots() = 0;
  virtual Status delete_root(std::string_view name, const AuditNote& note) = 0;
};

}  // namespace certstead
