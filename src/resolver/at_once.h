// Waiting for many at the same time.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace certstead {

// Calls `work(i)` for every i below `count`, `most` of them at a time, and returns when all are done. Unlike
// for_each_parallel it is for work that waits. `work` must not throw, and must be safe from several threads.
inline void at_once(std::size_t count, std::size_t most, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  const auto take = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min(count, most); ++i) others.emplace_back(take);
  take();
  for (std::thread& thread : others) thread.join();
}

}  // namespace certstead
