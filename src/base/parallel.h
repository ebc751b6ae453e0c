// Work that splits into many small independent pieces, done on all processors.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
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

// The same for pieces that wait for others most of the time: on up to `most` threads. While they last, the
// caller's thread calls `meanwhile` about every second.
inline void for_each_concurrently(
    std::size_t count, std::size_t most, const std::function<void(std::size_t)>& work,
    const std::function<void()>& meanwhile = [] {}) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t running = std::min(count, most);
  std::vector<std::thread> threads;
  for (std::size_t i = running; i > 0; --i) {
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < count; at = next++) work(at);
      const std::lock_guard hold(mutex);
      --running;
      ended.notify_all();
    });
  }
  std::unique_lock hold(mutex);
  while (!ended.wait_for(hold, std::chrono::seconds{1}, [&] { return running == 0; })) {
    hold.unlock();
    meanwhile();
    hold.lock();
  }
  hold.unlock();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace certstead
