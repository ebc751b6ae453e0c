// What tests of a whole manager look at: a set's active versions, and what its member's view serves.
#pragma once

#include "support/test_manager.h"

namespace certstead {

inline std::vector<CredentialVersion> active(const SetView& view) {
  std::vector<CredentialVersion> out;
  for (const auto& version : view.versions) {
    if (version.state == VersionState::kActive) out.push_back(version);
  }
  return out;
}

// What the view serves for `name`, after the member has come as far as the store.
inline NameMatch served(TestManager& m, const std::string& name) {
  const Deadline deadline = Deadline::after(std::chrono::seconds{60});
  for (;;) {
    // Only changes that members see move them; a full look at what is due tells that they are there.
    const auto pending = m.store->feed().changes_after(m.member->applied_seq(), 10).value();
    if (pending.empty() || deadline.passed()) break;
    static_cast<void>(m.member->wait_applied(pending.back().seq, deadline));
  }
  return m.view().find(DomainName::parse(name).value()).value();
}

}  // namespace certstead
