// Claims due jobs and runs them on a bounded pool of workers.
#pragma once

#include <memory>

#include "manager/executor.h"

namespace certstead {

struct SchedulerOptions {
  std::size_t workers = 8;
  Duration lease{60'000};
  Duration poll{500};  // how often the store is asked when nothing pokes
  ExecutorOptions executor;
};

class Scheduler {
 public:
  Scheduler(Context context, SchedulerOptions options);
  ~Scheduler();  // stops
  // Gives back what an earlier process held, withdraws orphaned challenges, and starts the workers.
  Status start();
  // Something new may be due: look now.
  void poke();
  // Lets running steps end, puts unfinished jobs back, joins the workers.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace certstead
