// Sets that a view did not take as the feed told them: remembered in the view itself, so that health can name
// them, also after a restart, until the feed tells something better.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace certstead {

struct RefusedSet {
  std::string what;    // ids of what was refused
  std::string reason;  // one sentence
  bool operator==(const RefusedSet&) const = default;
};
using RefusedSets = std::map<std::string, RefusedSet>;  // by set id

// As one text and back; a line that is none is left out. Pure.
std::string refused_text(const RefusedSets& sets);
RefusedSets parse_refused(std::string_view text);

}  // namespace certstead
