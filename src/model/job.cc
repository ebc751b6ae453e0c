#include "model/job.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::string_view kKeyCompromise = "1";

int strength(std::string_view issue_argument) {
  if (issue_argument.empty()) return 0;
  return issue_argument == "fresh-key" ? 2 : 1;
}

// "REASON MODE VERSION...", as the use case writes it.
std::string merged_revocation(std::string_view earlier, std::string_view later) {
  const auto before = split(earlier, ' ');
  const auto after = split(later, ' ');
  if (before.size() < 2 || after.size() < 2) return std::string(later);
  const bool compromised = before[0] == kKeyCompromise || after[0] == kKeyCompromise;
  std::vector<std::string_view> words = {compromised ? kKeyCompromise : after[0], after[1]};
  for (const auto* list : {&before, &after}) {
    for (auto id = list->begin() + 2; id != list->end(); ++id) {
      if (std::find(words.begin() + 2, words.end(), *id) == words.end()) words.push_back(*id);
    }
  }
  std::string out;
  for (const std::string_view word : words) out += (out.empty() ? "" : " ") + std::string(word);
  return out;
}

}  // namespace

std::string merged_argument(JobKind kind, std::string_view earlier, std::string_view later) {
  if (earlier.empty() || later.empty()) return std::string(earlier.empty() ? later : earlier);
  if (kind == JobKind::kRevoke) return merged_revocation(earlier, later);
  return std::string(strength(later) >= strength(earlier) ? later : earlier);
}

}  // namespace certstead
