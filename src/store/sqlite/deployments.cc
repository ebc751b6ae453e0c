#include "base/text.h"
#include "store/sqlite/faces.h"
#include "store/sqlite/health_records.h"

namespace certstead::sqlite {
namespace {

class SqliteDeployments final : public Deployments {
 public:
  explicit SqliteDeployments(const Core& core) : core_(core) {}

  Status put_deployment(const DeploymentReport& report, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const auto before, select_one<DeploymentReport>(transaction.db, "WHERE name = ?", report.name));
      CHECK_OK(insert_or_replace(transaction.db, report));
      if (!before || !same_state(*before, report)) transaction.write_audit(note);
      return Done{};
    });
  }

  Result<DeploymentReport> find_deployment(std::string_view name) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(select_one<DeploymentReport>(db, "WHERE name = ?", name), "deployment", name);
    });
  }

  Result<std::vector<DeploymentReport>> list_deployments() override {
    return core_.readers.read([](Database& db) { return select<DeploymentReport>(db, "ORDER BY name"); });
  }

  Result<std::vector<DeploymentReport>> deployments_of(std::string_view set_name) override {
    return core_.readers.read([&](Database& db) {
      return select<DeploymentReport>(db, "WHERE set_name = ? ORDER BY name", set_name);
    });
  }

  Status delete_deployment(std::string_view name, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const std::int64_t removed, transaction.db.run("DELETE FROM deployments WHERE name = ?", name));
      if (removed == 0) return no_such("deployment", name);
      transaction.write_audit(note);
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<Deployments> make_deployments(const Core& core) {
  return std::make_unique<SqliteDeployments>(core);
}

}  // namespace certstead::sqlite
