#include "base/id.h"
#include "store/sqlite/audit_chain.h"
#include "store/sqlite/faces.h"

namespace certstead::sqlite {
namespace {

class SqliteSettings final : public Settings {
 public:
  explicit SqliteSettings(const Core& core) : core_(core) {}

  Result<std::optional<std::string>> setting(std::string_view name) override {
    return core_.readers.read([&](Database& db) -> Result<std::optional<std::string>> {
      TRY(Query query, db.query("SELECT value FROM settings WHERE name = ?", name));
      TRY(const bool found, query.next());
      if (!found) return std::optional<std::string>();
      return std::optional(query.row().text());
    });
  }

  Status set_setting(std::string_view name, std::string_view value, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(
          transaction.db.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<StoreIdentity> identity() override {
    return core_.readers.read([](Database& db) { return read_identity(db); });
  }

  Status put_store_key(const StoreKey& key, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(insert_or_replace(transaction.db, key));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<std::vector<StoreKey>> store_keys() override {
    return core_.readers.read([&](Database& db) { return select<StoreKey>(db, "ORDER BY version"); });
  }

  Status raise_epoch(std::int64_t epoch, BytesView proof, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const std::int64_t changed, transaction.db.run("UPDATE head SET epoch = ?1, epoch_proof = ?2"
                                                         " WHERE epoch < ?1",
                                                         epoch, proof));
      if (changed == 0) {
        return conflict("the store is at epoch " + std::to_string(epoch) + " or beyond it already", "epoch");
      }
      // Not an object of its own, but it wakes those who wait for news.
      transaction.tell_feed("epoch", "");
      transaction.write_audit(note);
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

Result<StoreIdentity> read_identity(Database& db) {
  TRY(Query query, db.query("SELECT store_id, epoch, seq FROM head"));
  TRY(const bool found, query.next());
  if (!found) return internal("the store has lost its head row; restore it from a backup", "store-damaged");
  Row row = query.row();
  StoreIdentity out;
  out.store_id = row.text();
  out.epoch = row.number();
  out.seq = row.number();
  return out;
}

Result<std::int64_t> ensure_head(Database& db) {
  const std::string id = make_id();
  CHECK_OK(
      db.run("INSERT OR IGNORE INTO head (one, store_id, epoch, epoch_proof, seq, audit_number, audit_hash)"
             " VALUES (1, ?, 1, x'', 0, 0, ?)",
             id, audit_origin(id)));
  TRY(const auto seq, db.number("SELECT seq FROM head"));
  return seq.value_or(0);
}

std::unique_ptr<Settings> make_settings(const Core& core) { return std::make_unique<SqliteSettings>(core); }

}  // namespace certstead::sqlite
