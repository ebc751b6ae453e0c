#include "tlscache/fork_guard.h"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <vector>

#include "tlscache/connection.h"

namespace certstead {
namespace {

struct Caches {
  std::mutex mutex;
  std::vector<TlsCache::Impl*> all;  // guarded by mutex
};

// Never destroyed: contexts of the program may be freed after our static objects.
Caches& caches() {
  static Caches* const instance = new Caches;
  return *instance;
}

void before_fork() {
  caches().mutex.lock();
  for (TlsCache::Impl* cache : caches().all) cache->lock_for_fork();
}

void unlock_all() {
  for (TlsCache::Impl* cache : caches().all) cache->unlock_after_fork();
  caches().mutex.unlock();
}

void in_child() {
  unlock_all();
  try {
    for (TlsCache::Impl* cache : caches().all) cache->open_in_child();
  } catch (const std::exception&) {
    // No memory: look-ups will try again.
  }
}

// What is registered later runs earlier before a fork: our locks are taken first, then that of `replica`,
// which is the order in which look-ups take them.
void register_once() {
  static const bool registered = [] {
    ViewReader::guard_forks();
    return ::pthread_atfork(before_fork, unlock_all, in_child) == 0;
  }();
  static_cast<void>(registered);
}

}  // namespace

void ForkGuard::add(TlsCache::Impl* cache) {
  register_once();
  const std::lock_guard<std::mutex> hold(caches().mutex);
  caches().all.push_back(cache);
}

void ForkGuard::remove(TlsCache::Impl* cache) {
  const std::lock_guard<std::mutex> hold(caches().mutex);
  std::erase(caches().all, cache);
}

}  // namespace certstead
