// Work that splits into many small independent pieces, done on all processors.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace certstead {

// Calls `work(i)` for every i below `count`, on up to eight threads, and returns when all are done. `work`
// must not throw, and must be safe from several threads. A handful of pieces is done on the caller's thread
// alone.
inline void for_each_parallel(std::size_t count, const std::function<void(std::size_t)>& work) {
  constexpr std::size_t kMostThreads = 8, kWorthAThread = 8;
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t threads = std::min({kMostThreads, processors, count / kWorthAThread});
  std::atomic<std::size_t> next = 0;
  const auto take = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(take);
  take();
  for (std::thread& thread : others) thread.join();
}

}  // namespace certstead
