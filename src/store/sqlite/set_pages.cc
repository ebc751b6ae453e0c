#include <unordered_map>

#include "store/sqlite/faces.h"
#include "store/sqlite/health_records.h"
#include "store/sqlite/records.h"

namespace certstead::sqlite {

// Without what is large and sealed.
struct BriefVersion {
  CredentialVersion version;
};
template <>
struct Table<BriefVersion> {
  static constexpr std::string_view name = "credential_versions";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("id", r.version.id), visit("set_id", r.version.set_id), visit("key_type", r.version.key_type);
    visit("version", r.version.version), visit("state", r.version.state), visit("facts", r.version.facts);
    visit("issuer", r.version.issuer), visit("account", r.version.account);
    visit("activated", r.version.activated);
  }
};

namespace {

constexpr std::string_view kInPage =
    "set_id IN (SELECT id FROM credential_sets WHERE name > ?1 AND name <= ?2)";

// One page on its way: everything that belongs to it is read by the names that it lies between.
class Page {
 public:
  Page(Database& db, std::string_view after, std::vector<CredentialSet> sets)
      : db_(db), after_(after), last_(sets.empty() ? "" : sets.back().name) {
    parts_.resize(sets.size());
    for (std::size_t i = 0; i < sets.size(); ++i) {
      by_id_[sets[i].id] = &parts_[i];
      by_name_[sets[i].name] = &parts_[i];
      parts_[i].set = std::move(sets[i]);
    }
  }

  Status read(PageDetail detail) {
    if (parts_.empty()) return Done{};
    if (detail == PageDetail::kBrief) {
      TRY(auto versions, select<BriefVersion>(db_, active_tail(), after_, last_));
      for (BriefVersion& one : versions) give(one.version.set_id)->active.push_back(std::move(one.version));
    } else {
      TRY(auto versions, select<CredentialVersion>(db_, active_tail(), after_, last_));
      for (CredentialVersion& one : versions) give(one.set_id)->active.push_back(std::move(one));
      CHECK_OK(count_archived());
      TRY(auto orders, select<Order>(db_, where("ORDER BY set_id, created, id"), after_, last_));
      for (Order& order : orders) give(order.set_id)->orders.push_back(std::move(order));
    }
    TRY(auto checks, select<VersionCheck>(db_, where("ORDER BY set_id, version_id"), after_, last_));
    for (VersionCheck& check : checks) give(check.set_id)->checks.push_back(std::move(check));
    TRY(auto reports,
        select<DeploymentReport>(db_, "WHERE set_name > ?1 AND set_name <= ?2 ORDER BY set_name, name",
                                 after_, last_));
    for (DeploymentReport& report : reports) {
      const auto found = by_name_.find(report.set_name);
      if (found != by_name_.end()) found->second->deployments.push_back(std::move(report));
    }
    return Done{};
  }

  std::vector<SetParts> take() { return std::move(parts_); }

 private:
  static std::string where(std::string_view order) {
    return "WHERE " + std::string(kInPage) + " " + std::string(order);
  }
  static std::string active_tail() {
    return "WHERE state = 'active' AND " + std::string(kInPage) + " ORDER BY set_id, key_type";
  }
  Status count_archived() {
    TRY(Query query,
        db_.query("SELECT set_id, count(*) FROM credential_versions WHERE state <> 'active' AND " +
                      std::string(kInPage) + " GROUP BY set_id",
                  after_, last_));
    for (;;) {
      TRY(const bool more, query.next());
      if (!more) return Done{};
      Row row = query.row();
      const std::string id = row.text();
      give(id)->archived = static_cast<std::size_t>(row.number());
    }
  }
  // All of a page is of one moment: what was asked for by its sets' ids belongs to one of them.
  SetParts* give(const std::string& set_id) { return by_id_.at(set_id); }

  Database& db_;
  const std::string after_, last_;
  std::vector<SetParts> parts_;
  std::unordered_map<std::string, SetParts*> by_id_, by_name_;
};

class SqliteSetPages final : public SetPages {
 public:
  explicit SqliteSetPages(const Core& core) : core_(core) {}

  Result<std::vector<SetParts>> page(std::string_view after, std::size_t limit, PageDetail detail) override {
    return core_.readers.read_at_once([&](Database& db) -> Result<std::vector<SetParts>> {
      TRY(auto sets,
          select<CredentialSet>(db, "WHERE name > ? ORDER BY name LIMIT ?", after, row_limit(limit)));
      Page page(db, after, std::move(sets));
      CHECK_OK(page.read(detail));
      return page.take();
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<SetPages> make_set_pages(const Core& core) { return std::make_unique<SqliteSetPages>(core); }

}  // namespace certstead::sqlite
