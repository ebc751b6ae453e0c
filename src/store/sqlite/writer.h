// The one thread that writes. Operations that wait at the same time share one commit.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log_sink.h"
#include "store/sqlite/feed_signal.h"
#include "store/sqlite/transaction.h"

namespace certstead::sqlite {

class Writer {
 public:
  using Operation = std::function<Status(Transaction&)>;

  // Everything must outlive the writer, which uses `db` alone from now on.
  Writer(Database& db, const Clock& clock, LogSink& log, FeedSignal& feed);
  // Ends what is queued, then stops. Nobody may be inside run() any more.
  ~Writer();

  // Runs `operation` on the writer's thread and blocks until what it did is durable; yields the feed's head
  // after it (0: the operation told the feed nothing). If it fails, its own changes alone are undone and its
  // error comes back. If the common commit fails, so does every operation in it, with the reason of the
  // system. Safe from any thread but the writer's own.
  Result<std::int64_t> run(const Operation& operation);
  // The same without the head.
  Status apply(const Operation& operation);

  // See Store::hold_writes and release_writes. Operations that are queued meanwhile wait for the end.
  Result<std::int64_t> hold(Duration limit);
  bool release(std::int64_t hold);

 private:
  // How a hold stands: asked for, and after the writer has come to rest until its time.
  enum class Hold { kNone, kAsked, kResting };

  struct Ticket {
    const Operation* operation = nullptr;
    Result<std::int64_t> result = std::int64_t{0};
    bool done = false;
    std::condition_variable ended;
  };

  void loop();
  bool wait_for_work(std::unique_lock<std::mutex>& lock);
  void come_to_rest(std::unique_lock<std::mutex>& lock);
  void commit_together(const std::vector<Ticket*>& batch);
  Status run_all(const std::vector<Ticket*>& batch);
  Result<std::int64_t> run_one(const Operation& operation);
  Result<std::int64_t> run_guarded(const Operation& operation);
  Status commit();

  Database& db_;
  const Clock& clock_;
  LogSink& log_;
  FeedSignal& feed_;
  std::mutex mutex_;  // guards what follows, and `done` of every ticket
  std::condition_variable queued_;
  std::vector<Ticket*> queue_;
  bool stopping_ = false;
  Hold hold_ = Hold::kNone;
  std::int64_t hold_number_ = 0;
  Duration hold_limit_{};
  std::chrono::steady_clock::time_point hold_end_;
  std::condition_variable rested_;
  std::thread thread_;
};

}  // namespace certstead::sqlite
