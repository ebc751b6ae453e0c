#include "base/text.h"
#include "store/sqlite/faces.h"
#include "store/sqlite/revised.h"

namespace certstead::sqlite {

template <>
struct Table<CaRecord> {
  static constexpr std::string_view name = "micro_cas";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("name", r.name), visit("key_type", r.key_type), visit("sealed_key", r.key);
    visit("grants", r.grants), visit("subordinate", r.subordinate), visit("csr", r.csr);
    visit("chain", r.chain), visit("permitted", r.permitted), visit("crl_url", r.crl_url);
    visit("crl_counter", r.crl_counter), visit("crl", r.crl);
    visit("crl_this_update", r.crl_this_update), visit("crl_next_update", r.crl_next_update);
    visit("created", r.created), visit("revision", r.revision);
  }
};

template <>
struct Table<IssuedRecord> {
  static constexpr std::string_view name = "issued_certificates";
  template <class V, class R>
  static void columns(V&& visit, R& r) {
    visit("serial", r.serial), visit("ca", r.ca), visit("request_id", r.request_id);
    visit("profile", r.profile), visit("names", r.names), visit("to_be_signed", r.to_be_signed);
    visit("certificate", r.certificate), visit("not_before", r.not_before);
    visit("not_after", r.not_after), visit("created", r.created), visit("revoked", r.revoked);
    visit("revocation_reason", r.revocation_reason);
  }
};

namespace {

std::string taken(const CaRecord& ca) {
  return "a CA, an issuer or a trusted root named \"" + printable(ca.name, 100) +
         "\" exists already; choose another name";
}

class SqliteCaRecords final : public CaRecords {
 public:
  explicit SqliteCaRecords(const Core& core) : core_(core) {}

  Status create_ca(const CaRecord& ca, const IssuerRecord& issuer, const std::optional<TrustedRoot>& root,
                   const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(explain_taken(insert(transaction.db, ca), taken(ca)));
      CHECK_OK(explain_taken(insert(transaction.db, issuer), taken(ca)));
      if (root) CHECK_OK(explain_taken(insert(transaction.db, *root), taken(ca)));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<std::int64_t> update_ca(const CaRecord& ca, const AuditNote& note) override {
    return update_revised(core_, ca, "CA", taken(ca), note);
  }

  Result<CaRecord> find_ca(std::string_view name) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(select_one<CaRecord>(db, "WHERE name = ?", name), "CA", name);
    });
  }

  Result<std::vector<CaRecord>> list_cas() override {
    return core_.readers.read([&](Database& db) { return select<CaRecord>(db, "ORDER BY name"); });
  }

  Status reserve_certificate(const IssuedRecord& record) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      return explain_taken(insert(transaction.db, record),
                           "the serial number " + record.serial + " or its request is recorded already");
    });
  }

  Status complete_certificate(std::string_view serial, BytesView certificate) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const std::int64_t changed,
          transaction.db.run("UPDATE issued_certificates SET certificate = ?2, to_be_signed = x''"
                             " WHERE serial = ?1",
                             serial, certificate));
      if (changed == 0) return no_such("reserved serial number", serial);
      return Done{};
    });
  }

  Result<IssuedRecord> find_issued(std::string_view serial) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(select_one<IssuedRecord>(db, "WHERE serial = ?", serial), "certificate", serial);
    });
  }

  Result<std::optional<IssuedRecord>> find_issued_request(std::string_view ca,
                                                          std::string_view request_id) override {
    return core_.readers.read([&](Database& db) {
      return select_one<IssuedRecord>(db, "WHERE ca = ? AND request_id = ? AND request_id != ''", ca,
                                      request_id);
    });
  }

  Result<std::vector<IssuedRecord>> list_issued(std::string_view ca, std::string_view after,
                                                std::size_t limit) override {
    return core_.readers.read([&](Database& db) {
      return select<IssuedRecord>(
          db,
          "WHERE ca = ? AND rowid > coalesce((SELECT rowid FROM issued_certificates WHERE serial = ?), 0)"
          " ORDER BY rowid LIMIT ?",
          ca, after, row_limit(limit));
    });
  }

  Status revoke_issued(std::string_view serial, int reason, Instant at, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      Database& db = transaction.db;
      TRY(const std::int64_t changed,
          db.run("UPDATE issued_certificates SET revoked = ?2, revocation_reason = ?3"
                 " WHERE serial = ?1 AND revoked IS NULL",
                 serial, at, std::int64_t{reason}));
      if (changed == 0) {
        TRY(const auto there, db.number("SELECT 1 FROM issued_certificates WHERE serial = ?", serial));
        if (!there) return no_such("certificate", serial);
        return conflict("the certificate " + printable(serial, 60) + " is revoked already",
                        "revoked-already");
      }
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<std::vector<IssuedRecord>> list_revoked(std::string_view ca, Instant ends_after) override {
    return core_.readers.read([&](Database& db) {
      return select<IssuedRecord>(
          db, "WHERE ca = ? AND not_after > ? AND revoked IS NOT NULL ORDER BY revoked, serial", ca,
          ends_after);
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<CaRecords> make_ca_records(const Core& core) {
  return std::make_unique<SqliteCaRecords>(core);
}

}  // namespace certstead::sqlite
