#include <cstring>

#include "replica/environment.h"

namespace certstead {
namespace {

MDB_val to_native(BytesView bytes) { return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())}; }
BytesView to_view(const MDB_val& value) {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}
using Cursor = std::unique_ptr<MDB_cursor, decltype(&::mdb_cursor_close)>;

}  // namespace

Result<std::optional<BytesView>> Transaction::get(BytesView key) const {
  MDB_val native_key = to_native(key), value{};
  const int answer = ::mdb_get(txn_, environment_->dbi_, &native_key, &value);
  if (answer == MDB_NOTFOUND) return std::optional<BytesView>{};
  if (answer != 0) return environment_->error(answer, "read");
  return std::optional<BytesView>(to_view(value));
}

Status Transaction::scan(std::string_view prefix, BytesView after, const Each& each) const {
  MDB_cursor* native = nullptr;
  int answer = ::mdb_cursor_open(txn_, environment_->dbi_, &native);
  if (answer != 0) return environment_->error(answer, "read");
  const Cursor cursor(native, &::mdb_cursor_close);
  const BytesView start = after.empty() ? view_bytes(prefix) : after;
  MDB_val key = to_native(start), value{};
  answer = ::mdb_cursor_get(native, &key, &value, start.empty() ? MDB_FIRST : MDB_SET_RANGE);
  while (answer == 0 && view_text(to_view(key)).starts_with(prefix)) {
    if (view_text(to_view(key)) != view_text(after)) {
      TRY(const bool more, each(to_view(key), to_view(value)));
      if (!more) return Done{};
    }
    answer = ::mdb_cursor_get(native, &key, &value, MDB_NEXT);
  }
  if (answer != 0 && answer != MDB_NOTFOUND) return environment_->error(answer, "read");
  return Done{};
}

ReadTransaction::ReadTransaction(ReadTransaction&& other) noexcept
    : Transaction(other.environment_, std::exchange(other.txn_, nullptr)), hold_(std::move(other.hold_)) {}

ReadTransaction::~ReadTransaction() {
  if (txn_ != nullptr) environment_->give_back(txn_);
}

Result<MDB_stat> ReadTransaction::statistics() const {
  MDB_stat out{};
  if (const int answer = ::mdb_stat(txn_, environment_->dbi_, &out); answer != 0) {
    return environment_->error(answer, "look at");
  }
  return out;
}

WriteTransaction::WriteTransaction(WriteTransaction&& other) noexcept
    : Transaction(other.environment_, std::exchange(other.txn_, nullptr)) {}

WriteTransaction::~WriteTransaction() {
  if (txn_ != nullptr) ::mdb_txn_abort(txn_);
}

Status WriteTransaction::put(BytesView key, BytesView value) {
  MDB_val native_key = to_native(key), native_value = to_native(value);
  const int answer = ::mdb_put(txn_, environment_->dbi_, &native_key, &native_value, 0);
  if (answer != 0) return environment_->error(answer, "write");
  return Done{};
}

Status WriteTransaction::remove(BytesView key) {
  MDB_val native_key = to_native(key);
  const int answer = ::mdb_del(txn_, environment_->dbi_, &native_key, nullptr);
  if (answer != 0 && answer != MDB_NOTFOUND) return environment_->error(answer, "write");
  return Done{};
}

Status WriteTransaction::commit() {
  const int answer = ::mdb_txn_commit(std::exchange(txn_, nullptr));
  if (answer != 0) return environment_->error(answer, "commit to");
  environment_->unsynced_.store(true);
  return Done{};
}

}  // namespace certstead
