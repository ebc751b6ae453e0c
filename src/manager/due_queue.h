// What is to be done again, and when.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace certstead {

// Names with the moment, on the monotonic clock, at which each is due. Not safe from several threads.
class DueQueue {
 public:
  // In the place of an earlier moment.
  void put(const std::string& name, Duration due) {
    remove(name);
    at_[name] = due;
    order_.emplace(due, name);
  }
  void remove(const std::string& name) {
    const auto known = at_.find(name);
    if (known == at_.end()) return;
    order_.erase({known->second, name});
    at_.erase(known);
  }
  // Takes at most `limit` that are due, the longest due first.
  std::vector<std::string> take(Duration now, std::size_t limit) {
    std::vector<std::string> out;
    while (!order_.empty() && order_.begin()->first <= now && out.size() < limit) {
      out.push_back(order_.begin()->second);
      remove(out.back());
    }
    return out;
  }
  // Names that are there, in no order that matters.
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [name, due] : at_) out.push_back(name);
    return out;
  }
  bool any_due(Duration now) const { return !order_.empty() && order_.begin()->first <= now; }

 private:
  std::map<std::string, Duration> at_;
  std::set<std::pair<Duration, std::string>> order_;
};

}  // namespace certstead
