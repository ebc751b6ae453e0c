// The threads that move bytes. Each has an event loop of its own, and a connection stays with one of them, so
// that connections need no locks.
#pragma once

#include <memory>

namespace certstead {

class IoLoop {
 public:
  // Starts `threads` (at least one). They take no signals.
  explicit IoLoop(int threads);
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;
  // Stops as stop() does.
  ~IoLoop();

  // Lets running steps end and joins the threads; what still waits is kept, untouched. Not to be called from
  // one of them.
  void halt();
  // The same, and then drops what still waits.
  void stop();

  // What it is made of, for the .cc files that speak Asio (net/io_loop_asio.h).
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace certstead
