#include "store/sqlite/writer.h"

namespace certstead::sqlite {

Writer::Writer(Database& db, const Clock& clock, LogSink& log, FeedSignal& feed)
    : db_(db), clock_(clock), log_(log), feed_(feed), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  thread_.join();
}

Result<std::int64_t> Writer::run(const Operation& operation) {
  Ticket ticket;
  ticket.operation = &operation;
  std::unique_lock hold(mutex_);
  queue_.push_back(&ticket);
  if (queue_.size() == 1) queued_.notify_one();
  ticket.ended.wait(hold, [&] { return ticket.done; });
  return std::move(ticket.result);
}

Status Writer::apply(const Operation& operation) {
  CHECK_OK(run(operation));
  return Done{};
}

Result<std::int64_t> Writer::hold(Duration limit) {
  std::unique_lock lock(mutex_);
  if (hold_ != Hold::kNone)
    return conflict("writes are held for somebody else already; wait until that has ended", "writes-held");
  hold_ = Hold::kAsked;
  hold_limit_ = limit;
  const std::int64_t number = ++hold_number_;
  queued_.notify_one();
  rested_.wait(lock, [&] { return hold_ != Hold::kAsked || hold_number_ != number; });
  return number;
}

bool Writer::release(std::int64_t hold) {
  const std::lock_guard lock(mutex_);
  if (hold_ != Hold::kResting || hold != hold_number_) return false;
  const bool in_time = std::chrono::steady_clock::now() < hold_end_;
  hold_ = Hold::kNone;
  queued_.notify_one();
  return in_time;
}

// What was committed is moved into the main file, outside of the lock: it may take as long as readers do.
void Writer::come_to_rest(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  const Status moved = db_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!moved) log_.warning("store.checkpoint", {{"reason", moved.error().detail}});
  lock.lock();
  hold_ = Hold::kResting;
  hold_end_ = std::chrono::steady_clock::now() + hold_limit_;
  rested_.notify_all();
}

// Blocks until something is to be written and may be; false when all is done.
bool Writer::wait_for_work(std::unique_lock<std::mutex>& lock) {
  for (;;) {
    if (hold_ == Hold::kAsked) come_to_rest(lock);
    if (hold_ == Hold::kResting && std::chrono::steady_clock::now() >= hold_end_) hold_ = Hold::kNone;
    if (stopping_) return !queue_.empty();
    if (hold_ == Hold::kResting) {
      queued_.wait_until(lock, hold_end_);
    } else if (!queue_.empty()) {
      return true;
    } else {
      queued_.wait(lock);
    }
  }
}

void Writer::loop() {
  for (;;) {
    std::vector<Ticket*> batch;
    {
      std::unique_lock lock(mutex_);
      if (!wait_for_work(lock)) return;
      batch.swap(queue_);
    }
    commit_together(batch);
    // Under the lock to the end: a ticket is gone as soon as its owner may look at it.
    const std::lock_guard hold(mutex_);
    for (Ticket* ticket : batch) {
      ticket->done = true;
      ticket->ended.notify_one();
    }
  }
}

void Writer::commit_together(const std::vector<Ticket*>& batch) {
  Status status = run_all(batch);
  if (status) status = commit();
  if (!status) {
    if (db_.in_transaction()) (void)db_.execute("ROLLBACK");
    log_.error("store.commit-failed",
               {{"reason", status.error().detail}, {"id", status.error().id}, {"operations", batch.size()}});
    // Those that failed by themselves keep their own error.
    for (Ticket* ticket : batch) {
      if (ticket->result) ticket->result = status.error();
    }
    return;
  }
  for (const Ticket* ticket : batch) {
    if (ticket->result) feed_.publish(*ticket->result);
  }
}

// An error here is one of the whole batch: SQLite has given the transaction up.
Status Writer::run_all(const std::vector<Ticket*>& batch) {
  CHECK_OK(db_.execute("BEGIN IMMEDIATE"));
  for (Ticket* ticket : batch) {
    CHECK_OK(db_.run("SAVEPOINT operation"));
    ticket->result = run_guarded(*ticket->operation);
    if (!db_.in_transaction()) {
      return ticket->result ? Status(internal("an operation of the store ended its own transaction"))
                            : Status(ticket->result.error());
    }
    if (!ticket->result) CHECK_OK(db_.run("ROLLBACK TO operation"));
    CHECK_OK(db_.run("RELEASE operation"));
  }
  return Done{};
}

Result<std::int64_t> Writer::run_guarded(const Operation& operation) {
  try {
    return run_one(operation);
  } catch (const std::exception& failure) {
    return internal(std::string("an operation of the store failed: ") + failure.what());
  }
}

Result<std::int64_t> Writer::run_one(const Operation& operation) {
  Transaction transaction(db_, clock_.now());
  CHECK_OK(operation(transaction));
  return transaction.finish();
}

Status Writer::commit() {
  const Status committed = db_.execute("COMMIT");
  // The frames may have reached the log although the system could not promise that they stay there: a crash
  // right now might bring them back.
  if (!committed && committed.error().id == "sync-failed") {
    Error error = committed.error();
    error.detail += "; the change may or may not be stored, so look before trying again";
    error.id = "commit-unknown";
    return error;
  }
  return committed;
}

}  // namespace certstead::sqlite
