// A small pool of read-only connections, so that readers wait neither for the writer nor for each other.
#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "store/sqlite/database.h"

namespace certstead::sqlite {

class Readers {
 public:
  // Connections are opened when they are first needed.
  explicit Readers(std::filesystem::path file) : file_(std::move(file)) {}

  // Lends a connection to `work` (Database& -> Result), which must not call read() itself. Blocks while all
  // are lent. Safe from any thread. Every statement of `work` sees its own moment of the store;
  // read_at_once() sees one.
  template <class F>
  auto read(F&& work) -> decltype(work(std::declval<Database&>())) {
    TRY(Loan loan, borrow());
    return work(*loan.db);
  }
  template <class F>
  auto read_at_once(F&& work) -> decltype(work(std::declval<Database&>())) {
    TRY(Loan loan, borrow());
    CHECK_OK(loan.db->run("BEGIN"));
    auto result = work(*loan.db);
    CHECK_OK(loan.db->run("ROLLBACK"));
    return result;
  }

 private:
  struct Loan {
    Loan(Readers& readers, std::unique_ptr<Database> connection)
        : owner(&readers), db(std::move(connection)) {}
    Loan(Loan&&) = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan() {
      if (db) owner->give_back(std::move(db));
    }
    Readers* owner;
    std::unique_ptr<Database> db;
  };
  Result<Loan> borrow();
  void give_back(std::unique_ptr<Database> db);

  const std::filesystem::path file_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Database>> idle_;
  std::size_t lent_ = 0;
};

}  // namespace certstead::sqlite
