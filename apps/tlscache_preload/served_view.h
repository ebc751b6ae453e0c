// The view of this process: opened when the first server context is made, while the program may still do so,
// and again in every child. While it can't be read the program serves as without us, and it is tried again.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "preload_log.h"
#include "settings.h"
#include "tlscache/tls_cache.h"

namespace certstead {

// One for the process, never destroyed: contexts are freed at any time of its end.
class ServedView {
 public:
  static ServedView& instance();

  // At the start of the process: opens the view if the program will be too late for it later.
  static void start();
  // Whether this process shall serve from a view at all.
  bool wanted() const { return !settings_.view.empty(); }
  // Opens it if that was not done. Never blocks on another thread that opens it.
  void open();
  // What serves a connection; null if the process does not serve from a view.
  std::shared_ptr<const Attachment> attachment() const;

 private:
  ServedView();
  Status open_locked();

  PreloadSettings settings_;
  PreloadLog log_;
  std::mutex mutex_;
  std::unique_ptr<TlsCache> cache_;                                            // guarded by mutex_
  std::atomic<const std::shared_ptr<const Attachment>*> attachment_{nullptr};  // set once, never freed
};

}  // namespace certstead
