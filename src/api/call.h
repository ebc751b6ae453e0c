// One request on its way through a route.
#pragma once

#include <condition_variable>
#include <mutex>

#include "api/api.h"
#include "api/query.h"
#include "api/render.h"

namespace certstead {

// Where long polls wait; see Api::stop.
class LongPolls {
 public:
  LongPolls(std::size_t most, Duration interval) : most_(most), interval_(interval) {}
  // Takes one of the places in which a worker may wait; false if all are taken, or it is being stopped.
  bool enter();
  void leave();
  // Pauses for the interval. False as soon as it is being stopped.
  bool pause();
  void stop();

 private:
  const std::size_t most_;
  const Duration interval_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::size_t waiting_ = 0;  // guarded by mutex_
  bool stopping_ = false;    // guarded by mutex_
};

struct Call {
  const HttpExchange& http;
  const std::vector<std::string>& params;  // what stood in the place of {...}, decoded, in order
  const Query& query;
  const Actor& actor;
  Manager& manager;
  LongPolls& polls;
  const ApiOptions& options;
};

// The first name in the path, of a set. Sets are mostly called by a host name, and then both forms of an IDN
// will do.
std::string set_name(const Call& call);

}  // namespace certstead
