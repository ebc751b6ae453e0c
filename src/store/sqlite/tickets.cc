#include "store/sqlite/faces.h"
#include "store/sqlite/records.h"

namespace certstead::sqlite {
namespace {

class SqliteTickets final : public Tickets {
 public:
  explicit SqliteTickets(const Core& core) : core_(core) {}

  Result<std::optional<SetTickets>> find_tickets(std::string_view set_id) override {
    return core_.readers.read([&](Database& db) {
      return select_one<SetTickets>(db, "WHERE set_id = ? AND generation > 0", set_id);
    });
  }

  Result<std::vector<std::string>> tickets_due(Instant now, std::size_t limit) override {
    return core_.readers.read([&](Database& db) -> Result<std::vector<std::string>> {
      TRY(Query query,
          db.query("SELECT set_id FROM ticket_secrets WHERE rotate_at <= ? ORDER BY rotate_at LIMIT ?", now,
                   row_limit(limit)));
      std::vector<std::string> out;
      for (;;) {
        TRY(const bool more, query.next());
        if (!more) return out;
        out.push_back(query.row().text());
      }
    });
  }

  Status put_tickets(const SetTickets& tickets, std::int64_t before) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      Database& db = transaction.db;
      TRY(const auto there,
          db.number("SELECT t.generation FROM ticket_secrets t JOIN credential_sets s ON s.id = t.set_id"
                    " WHERE t.set_id = ? AND s.members = ?",
                    tickets.set_id, pack(tickets.members)));
      if (!there || *there != before) {
        return conflict("the set or its ticket secrets have changed meanwhile; look again",
                        "tickets-changed");
      }
      TRY(const bool updated, update(db, tickets));
      if (!updated) return no_such("ticket secrets of the set", tickets.set_id);
      transaction.tell_feed(kFeedTickets, tickets.set_id);
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<Tickets> make_tickets(const Core& core) { return std::make_unique<SqliteTickets>(core); }

}  // namespace certstead::sqlite
