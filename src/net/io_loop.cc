#include "net/io_loop.h"

#include <csignal>

#include "net/io_loop_asio.h"

namespace certstead {

IoLoop::IoLoop(int threads) : impl_(std::make_unique<Impl>()) {
  for (int i = 0; i < std::max(threads, 1); ++i) impl_->lanes.push_back(std::make_unique<Impl::Lane>());
  // Threads inherit the mask: signals are for main, and SIGPIPE for nobody.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (auto& lane : impl_->lanes) {
    lane->thread = std::thread([context = &lane->context] { context->run(); });
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

IoLoop::~IoLoop() { stop(); }

void IoLoop::halt() {
  for (auto& lane : impl_->lanes) lane->context.stop();
  for (auto& lane : impl_->lanes) {
    if (lane->thread.joinable()) lane->thread.join();
  }
}

void IoLoop::stop() {
  halt();
  // Coroutines that still wait are destroyed here, while what they refer to is alive.
  impl_->lanes.clear();
}

}  // namespace certstead
