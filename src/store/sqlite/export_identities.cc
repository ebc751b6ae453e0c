#include <algorithm>

#include "store/sqlite/faces.h"

namespace certstead::sqlite {
namespace {

constexpr int kFreeFailures = 5;  // the fifth one locks
constexpr Duration kFirstLock = std::chrono::minutes{1};
constexpr Duration kLongestLock = std::chrono::hours{24};

Duration lock_after(int failures) {
  const int doublings = std::clamp(failures - kFreeFailures, 0, 20);
  return std::min(kFirstLock * (std::int64_t{1} << doublings), kLongestLock);
}

Result<ExportIdentity> read_export(Database& db) {
  TRY(auto found, select_one<ExportIdentity>(db, ""));
  if (found) return std::move(*found);
  return not_found("exportable keys are not set up; run certstead export setup", "export-not-set-up");
}

class SqliteExportIdentities final : public ExportIdentities {
 public:
  explicit SqliteExportIdentities(const Core& core) : core_(core) {}

  Result<ExportIdentity> export_identity() override {
    return core_.readers.read([&](Database& db) { return read_export(db); });
  }

  Status create_export_identity(const ExportIdentity& identity, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      if (read_export(transaction.db)) {
        return conflict("exportable keys are set up already; certstead export password changes the password",
                        "export-set-up");
      }
      CHECK_OK(insert(transaction.db, identity));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Status change_export_password(BytesView before, BytesView encrypted_key, Instant at,
                                const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const std::int64_t changed,
          transaction.db.run("UPDATE export_identity SET encrypted_key = ?, password_changed = ?,"
                             " failures = 0, locked_until = NULL WHERE encrypted_key = ?",
                             encrypted_key, at, before));
      if (changed == 0)
        return conflict("the export password was changed meanwhile; try again", "export-busy");
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<int> begin_export_try(Instant now) override {
    int failures = 0;
    const Status written = core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const ExportIdentity identity, read_export(transaction.db));
      if (identity.locked_until && *identity.locked_until > now) {
        const auto wait = std::chrono::ceil<std::chrono::seconds>(*identity.locked_until - now);
        Error error{Code::kLimited,
                    std::to_string(identity.failures) +
                        " wrong export passwords in a row: the next try is at " +
                        to_rfc3339(*identity.locked_until),
                    "export-locked"};
        error.retry_after = wait;
        return error;
      }
      failures = identity.failures + 1;
      std::optional<Instant> until;
      if (failures >= kFreeFailures) until = now + lock_after(failures);
      TRY(Query query,
          transaction.db.query("UPDATE export_identity SET failures = ?", std::int64_t{failures}));
      CHECK_OK(query.run());
      TRY(Query lock, transaction.db.query("UPDATE export_identity SET locked_until = ?"));
      bind_value(lock, until);
      return lock.run();
    });
    CHECK_OK(written);
    return failures;
  }

  Status clear_export_tries() override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(transaction.db.run("UPDATE export_identity SET failures = 0, locked_until = NULL"));
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<ExportIdentities> make_export_identities(const Core& core) {
  return std::make_unique<SqliteExportIdentities>(core);
}

}  // namespace certstead::sqlite
