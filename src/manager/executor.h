// Carries jobs on: the only place where steps are done.
#pragma once

#include <functional>

#include "manager/accounts.h"
#include "manager/context.h"

namespace certstead {

struct ExecutorOptions {
  Duration call_timeout{30'000};  // for one conversation with a CA
  Duration short_wait{2'000};  // waits up to this long are slept in the run; longer ones give the worker back
  Duration member_timeout{10'000};  // how long a published challenge may take to reach the local members
};

class Executor {
 public:
  // `stopping` is asked between steps: true ends the run with the job back in the queue.
  Executor(Context context, ExecutorOptions options, std::function<bool()> stopping);

  // Runs a claimed job until it is done, has to wait, or fails; records the outcome. Never throws. An error
  // that is returned is one of the store: the lease will run out and somebody goes on.
  Status run(Job job);

 private:
  Context context_;
  ExecutorOptions options_;
  std::function<bool()> stopping_;
};

}  // namespace certstead
