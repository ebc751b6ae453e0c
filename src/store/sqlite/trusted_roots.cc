#include "base/text.h"
#include "store/sqlite/faces.h"

namespace certstead::sqlite {
namespace {

class SqliteTrustedRoots final : public TrustedRoots {
 public:
  explicit SqliteTrustedRoots(const Core& core) : core_(core) {}

  Status add_root(const TrustedRoot& root, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(
          explain_taken(insert(transaction.db, root),
                        "a trusted root named \"" + printable(root.name, 100) +
                            "\", or one with this very certificate, exists already; delete that one first"));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<std::vector<TrustedRoot>> list_roots() override {
    return core_.readers.read([&](Database& db) { return select<TrustedRoot>(db, "ORDER BY name"); });
  }

  Status delete_root(std::string_view name, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const std::int64_t removed, transaction.db.run("DELETE FROM trusted_roots WHERE name = ?", name));
      if (removed == 0) return no_such("trusted root", name);
      transaction.write_audit(note);
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<TrustedRoots> make_trusted_roots(const Core& core) {
  return std::make_unique<SqliteTrustedRoots>(core);
}

}  // namespace certstead::sqlite
