#include "store/sqlite/core.h"

#include "base/text.h"

namespace certstead::sqlite {

Error no_such(std::string_view what, std::string_view name) {
  return not_found("there is no " + std::string(what) + " \"" + printable(name, 100) + "\"");
}

Error stale_revision(std::string_view what, std::string_view name) {
  return conflict("the " + std::string(what) + " \"" + printable(name, 100) +
                      "\" has changed meanwhile; read it again and decide again",
                  "stale-revision");
}

Status explain_taken(Status inserted, std::string_view sentence) {
  if (inserted || inserted.error().id != "constraint") return inserted;
  return conflict(std::string(sentence), "taken");
}

Status check_fence(Database& db, std::string_view job_id, std::int64_t fence) {
  if (job_id.empty()) return Done{};
  TRY(const auto current, db.number("SELECT fence FROM jobs WHERE id = ? AND status = 'running'", job_id));
  if (current == fence) return Done{};
  return conflict(
      "the job " + printable(job_id, 60) + " is run by somebody else now, or by nobody; stop here",
      "stale-fence");
}

Status withdraw_challenges_of(Transaction& transaction, std::string_view order_id) {
  std::vector<std::string> tokens;
  {
    TRY(Query query, transaction.db.query("SELECT token FROM challenges WHERE order_id = ?", order_id));
    for (;;) {
      TRY(const bool more, query.next());
      if (!more) break;
      tokens.push_back(query.row().text());
    }
  }
  if (tokens.empty()) return Done{};
  CHECK_OK(transaction.db.run("DELETE FROM challenges WHERE order_id = ?", order_id));
  for (const std::string& token : tokens) {
    // A CA may give one pending authorization, and so one token, to several orders.
    TRY(const auto others, transaction.db.number("SELECT count(*) FROM challenges WHERE token = ?", token));
    if (others == 0) transaction.tell_feed(kFeedChallenge, token, true);
  }
  return Done{};
}

Status remove_orders(Transaction& transaction, Result<Query> query) {
  if (!query) return query.error();
  std::vector<std::string> ids;
  for (;;) {
    TRY(const bool more, query->next());
    if (!more) break;
    ids.push_back(query->row().text());
  }
  for (const std::string& id : ids) {
    CHECK_OK(withdraw_challenges_of(transaction, id));
    CHECK_OK(transaction.db.run("DELETE FROM orders WHERE id = ?", id));
  }
  return Done{};
}

}  // namespace certstead::sqlite
