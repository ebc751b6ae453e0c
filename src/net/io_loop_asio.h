// The inside of IoLoop. Only for .cc files that use Asio.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>
#include <vector>

#include "net/io_loop.h"

namespace certstead {

namespace asio = boost::asio;

struct IoLoop::Impl {
  struct Lane {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::thread thread;
  };
  std::vector<std::unique_ptr<Lane>> lanes;
  std::atomic<std::size_t> turn{0};

  std::size_t next() { return turn.fetch_add(1) % lanes.size(); }
  asio::io_context& context(std::size_t lane) { return lanes[lane]->context; }
};

}  // namespace certstead
