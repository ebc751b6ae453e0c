// Port: orders in the store. The executor's memory.
#pragma once

#include "model/order.h"

namespace certstead {

class Orders {
 public:
  virtual ~Orders() = default;
  // Stores a new order before the CA hears of it. kConflict if that id is there, or `fence` is stale for the
  // job.
  virtual Status create_order(const Order& order, std::int64_t fence) = 0;
  // Stores the order as it is now, with a line of progress for its job ("" for none). kConflict if the fence
  // is stale.
  virtual Status record_step(const Order& order, std::int64_t fence, std::string_view progress) = 0;
  virtual Result<std::vector<Order>> orders_of_set(std::string_view set_id) = 0;
  virtual Result<std::vector<Order>> all_orders() = 0;
  // Forgets the order, and withdraws its challenges in the same transaction.
  virtual Status remove_order(std::string_view order_id) = 0;
};

}  // namespace certstead
