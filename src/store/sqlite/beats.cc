#include "store/sqlite/faces.h"

namespace certstead::sqlite {
namespace {

class SqliteBeats final : public Beats {
 public:
  explicit SqliteBeats(const Core& core) : core_(core) {}

  Status put_beat(std::string_view what, Instant at) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(transaction.db.run("INSERT OR REPLACE INTO beats (what, at) VALUES (?, ?)", what, at));
      return Done{};
    });
  }

  Result<std::optional<Instant>> beat(std::string_view what) override {
    return core_.readers.read([&](Database& db) -> Result<std::optional<Instant>> {
      TRY(const auto at, db.number("SELECT at FROM beats WHERE what = ?", what));
      if (!at) return std::optional<Instant>();
      return std::optional(from_unix_ms(*at));
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<Beats> make_beats(const Core& core) { return std::make_unique<SqliteBeats>(core); }

}  // namespace certstead::sqlite
