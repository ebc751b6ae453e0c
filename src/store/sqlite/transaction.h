// One operation of the store on its way to the disk: the database, the time, and what is to be told
// afterwards.
#pragma once

#include <vector>

#include "model/audit.h"
#include "store/sqlite/database.h"

namespace certstead::sqlite {

inline constexpr std::string_view kFeedSet = "set";
inline constexpr std::string_view kFeedChallenge = "challenge";
inline constexpr std::string_view kFeedTickets = "tickets";

class Transaction {
 public:
  Transaction(Database& database, Instant moment) : db(database), now(moment) {}

  // Every member learns that this object changed, or is gone.
  void tell_feed(std::string_view kind, std::string_view object, bool gone = false);
  // Written as the next link of the audit chain.
  void write_audit(const AuditNote& note) { notes_.push_back(note); }

  // Writes both, and moves the heads of feed and chain with the last statement. Yields the head of the feed
  // after it, 0 if there was nothing to write. Called by the writer when the operation itself succeeded.
  Result<std::int64_t> finish();

  Database& db;
  const Instant now;

 private:
  struct Told {
    std::string kind, object;
    bool gone;
  };
  std::vector<Told> told_;
  std::vector<AuditNote> notes_;
};

}  // namespace certstead::sqlite
