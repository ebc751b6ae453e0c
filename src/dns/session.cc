#include "dns/session.h"

#include "json/secret_text.h"

namespace certstead {

SessionCache::~SessionCache() {
  for (auto& [name, entry] : entries_) wipe_entry(entry);
}

void SessionCache::wipe_entry(Entry& entry) {
  for (auto& [name, value] : entry.variables) wipe_text(value);
}

std::optional<SessionCache::Variables> SessionCache::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(name);
  if (entry == entries_.end() || clock_.elapsed() >= entry->second.until) return std::nullopt;
  return entry->second.variables;
}

void SessionCache::put(const std::string& name, Variables variables, Duration life) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[name];
  wipe_entry(entry);
  entry = {std::move(variables), clock_.elapsed() + life - life / 10};
}

}  // namespace certstead
