#include "model/set_name.h"

namespace certstead {

std::string set_name_after(const HostPattern& first) {
  return (first.is_wildcard() ? "wildcard." : "") + first.domain().ascii();
}

}  // namespace certstead
