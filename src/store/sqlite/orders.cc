#include "base/text.h"
#include "store/sqlite/faces.h"
#include "store/sqlite/progress.h"

namespace certstead::sqlite {
namespace {

class SqliteOrders final : public Orders {
 public:
  explicit SqliteOrders(const Core& core) : core_(core) {}

  Status create_order(const Order& order, std::int64_t fence) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(check_fence(transaction.db, order.job_id, fence));
      return explain_taken(insert(transaction.db, order), "the order " + order.id + " exists already");
    });
  }

  Status record_step(const Order& order, std::int64_t fence, std::string_view progress) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(check_fence(transaction.db, order.job_id, fence));
      TRY(const bool found, update(transaction.db, order));
      if (!found) return no_such("order", order.id);
      if (progress.empty() || order.job_id.empty()) return Done{};
      return add_progress_row(transaction.db, order.job_id, transaction.now, progress);
    });
  }

  Result<std::vector<Order>> orders_of_set(std::string_view set_id) override {
    return core_.readers.read(
        [&](Database& db) { return select<Order>(db, "WHERE set_id = ? ORDER BY created, id", set_id); });
  }

  Result<std::vector<Order>> all_orders() override {
    return core_.readers.read([&](Database& db) { return select<Order>(db, "ORDER BY created, id"); });
  }

  Status remove_order(std::string_view order_id) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(withdraw_challenges_of(transaction, order_id));
      CHECK_OK(transaction.db.run("DELETE FROM orders WHERE id = ?", order_id));
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<Orders> make_orders(const Core& core) { return std::make_unique<SqliteOrders>(core); }

}  // namespace certstead::sqlite
