#include "dns/locks.h"

#include "base/text.h"

namespace certstead {

Result<NamedLocks::Hold> NamedLocks::take(const std::string& name, Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto is_free = [&] { return !held_.contains(name); };
  if (!changed_.wait_for(lock, deadline.left(), is_free)) {
    return unavailable("other changes of " + printable(name) + " take too long", "dns-lock");
  }
  held_.insert(name);
  return Hold(*this, name);
}

void NamedLocks::release(const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    held_.erase(name);
  }
  changed_.notify_all();
}

}  // namespace certstead
