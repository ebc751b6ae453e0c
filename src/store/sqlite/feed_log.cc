#include "store/sqlite/faces.h"

namespace certstead::sqlite {
namespace {

class SqliteFeedLog final : public FeedLog {
 public:
  explicit SqliteFeedLog(const Core& core) : core_(core) {}

  Result<std::vector<FeedChange>> changes_after(std::int64_t since, std::size_t limit) override {
    return core_.readers.read([&](Database& db) {
      return select<FeedChange>(db, "WHERE seq > ? AND kind <> 'epoch' ORDER BY seq LIMIT ?", since,
                                row_limit(limit));
    });
  }

  Result<std::int64_t> wait_for_change(std::int64_t seq, Deadline deadline) override {
    return core_.feed.wait_beyond(seq, deadline);
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<FeedLog> make_feed_log(const Core& core) { return std::make_unique<SqliteFeedLog>(core); }

}  // namespace certstead::sqlite
