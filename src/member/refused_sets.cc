#include "member/refused_sets.h"

#include "base/text.h"

namespace certstead {

std::string refused_text(const RefusedSets& sets) {
  std::string out;
  for (const auto& [set, refused] : sets) {
    out += printable(set) + "\t" + printable(refused.what) + "\t" + printable(refused.reason, 1000) + "\n";
  }
  return out;
}

RefusedSets parse_refused(std::string_view text) {
  RefusedSets out;
  for (const std::string_view line : split(text, '\n')) {
    const auto parts = split(line, '\t');
    if (parts.size() == 3) out[std::string(parts[0])] = {std::string(parts[1]), std::string(parts[2])};
  }
  return out;
}

}  // namespace certstead
