// Port: what the views of this host hold and would serve, for `certstead cache`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/key_type.h"
#include "base/result.h"

namespace certstead {

struct ViewEntry {
  std::string view;  // its name, e.g. "gateway"
  std::string set_id, version_id, serial;
  std::int64_t version = 1;
  KeyType key_type = KeyType::kP256;
  std::vector<std::string> names, tags;
  Instant not_after;
};
struct ViewLookup {
  std::string why;  // "exact", "wildcard", "tag", "default", "none"
  std::optional<ViewEntry> entry;
};

class ViewCatalog {
 public:
  virtual ~ViewCatalog() = default;
  // At most `limit` entries of every view.
  virtual Result<std::vector<ViewEntry>> list(std::size_t limit) = 0;
  // What a client with these signature algorithms ("ecdsa", "rsa" or both) would get for `name`.
  virtual Result<ViewLookup> look_up(std::string_view view, std::string_view name, bool ecdsa, bool rsa) = 0;
};

}  // namespace certstead
