// The one LMDB environment of a view's data file in this process, and its transactions. LMDB must not have a
// file open twice in a process (closing one would drop the locks of the other), so whoever asks shares it.
// Internal.
#pragma once

#include <lmdb.h>
#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace certstead {

class Environment;

// What both kinds of transaction can do. Views returned are valid until the transaction ends or writes.
class Transaction {
 public:
  Result<std::optional<BytesView>> get(BytesView key) const;
  // Calls `each` for every key that starts with `prefix` and is greater than `after`, in order, until it
  // returns false. An error of `each` ends the scan and is returned.
  using Each = std::function<Result<bool>(BytesView key, BytesView value)>;
  Status scan(std::string_view prefix, BytesView after, const Each& each) const;

 protected:
  Transaction(Environment* environment, MDB_txn* txn) : environment_(environment), txn_(txn) {}
  Environment* environment_;
  MDB_txn* txn_;
};

// A snapshot of the last commit. Short-lived: while it lives the view can't reuse pages. Not nested in a
// thread.
class ReadTransaction : public Transaction {
 public:
  ReadTransaction(ReadTransaction&& other) noexcept;
  ReadTransaction& operator=(ReadTransaction&&) = delete;
  ~ReadTransaction();
  Result<MDB_stat> statistics() const;

 private:
  friend class Environment;
  ReadTransaction(Environment* environment, MDB_txn* txn, std::shared_lock<std::shared_mutex> hold)
      : Transaction(environment, txn), hold_(std::move(hold)) {}
  std::shared_lock<std::shared_mutex> hold_;
};

// Bound to the thread that began it. Aborts unless committed.
class WriteTransaction : public Transaction {
 public:
  WriteTransaction(WriteTransaction&& other) noexcept;
  WriteTransaction& operator=(WriteTransaction&&) = delete;
  ~WriteTransaction();
  Status put(BytesView key, BytesView value);
  Status remove(BytesView key);  // no error if absent
  Status commit();               // see ViewBatch::commit()

 private:
  friend class Environment;
  WriteTransaction(Environment* environment, MDB_txn* txn) : Transaction(environment, txn) {}
};

class Environment {
 public:
  struct Writing {
    std::size_t map_bytes;
    mode_t data_mode, lock_mode;
    std::optional<gid_t> group;
  };
  // Held while environments are opened and closed, and across fork().
  using Hold = std::unique_lock<std::mutex>;
  static Hold hold();
  // With `writing` the file is made if absent. kConflict if this process has it open for reading only and now
  // wants to write; kNotFound if absent.
  static Result<std::shared_ptr<Environment>> open(const std::filesystem::path& file,
                                                   const std::optional<Writing>& writing, const Hold& held);
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment();

  // The process that opened it; no other may use it.
  pid_t pid() const { return pid_; }
  Result<ReadTransaction> begin_read();
  Result<WriteTransaction> begin_write();
  // Waits until the disk has every commit. No cost if it has them already.
  Status sync();
  Result<int> check_readers();
  Result<MDB_envinfo> info();
  // The sentence for what LMDB answered.
  Error error(int answer, std::string_view what) const;

 private:
  friend class Transaction;
  friend class ReadTransaction;
  friend class WriteTransaction;
  struct Slot;
  struct Registry;
  static Registry& registry();
  static void release(Slot* slot);
  Environment(std::filesystem::path file, std::optional<Writing> writing);
  Status open_native();
  Status configure(MDB_env* native) const;
  Status give_to_group() const;
  void close_native();
  Status grow();
  Result<MDB_txn*> take_txn();
  Result<MDB_txn*> new_txn();
  void give_back(MDB_txn* txn);

  const std::filesystem::path file_;
  const std::optional<Writing> writing_;
  const pid_t pid_;
  // Shared by every read; alone while the map moves. Null between a map that could not grow and the next try.
  std::shared_mutex map_mutex_;
  MDB_env* native_ = nullptr;
  MDB_dbi dbi_ = 0;
  std::atomic<bool> unsynced_{false};
  std::mutex idle_mutex_;
  std::vector<MDB_txn*> idle_;  // reset, each with its reader slot
};

}  // namespace certstead
