#include "store/sqlite/readers.h"

namespace certstead::sqlite {
namespace {

// More readers at once than processors to run them would only hold memory.
constexpr std::size_t kMaxConnections = 8;

}  // namespace

Result<Readers::Loan> Readers::borrow() {
  std::unique_lock hold(mutex_);
  returned_.wait(hold, [&] { return lent_ < kMaxConnections; });
  ++lent_;
  if (!idle_.empty()) {
    Loan loan(*this, std::move(idle_.back()));
    idle_.pop_back();
    return loan;
  }
  hold.unlock();
  auto opened = Database::open(file_, Database::Mode::kReadOnly);
  if (!opened) {
    give_back(nullptr);
    return opened.error();
  }
  return Loan(*this, std::move(*opened));
}

void Readers::give_back(std::unique_ptr<Database> db) {
  {
    const std::lock_guard hold(mutex_);
    --lent_;
    // One that is still inside a transaction would go on seeing the past: close it instead.
    if (db && !db->in_transaction()) idle_.push_back(std::move(db));
  }
  returned_.notify_one();
}

}  // namespace certstead::sqlite
