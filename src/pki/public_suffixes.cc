#include "pki/public_suffixes.h"

#include <libpsl.h>

namespace certstead {

PublicSuffixes::PublicSuffixes() : list_(psl_latest(nullptr), psl_free) {}

std::string PublicSuffixes::registered_domain(const DomainName& name) const {
  // A pointer into the name that was given. A-labels are matched as such.
  const char* found = list_ == nullptr ? nullptr : psl_registrable_domain(list_.get(), name.ascii().c_str());
  return found == nullptr ? name.ascii() : std::string(found);
}

}  // namespace certstead
