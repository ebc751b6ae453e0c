// What every face of the store works with.
#pragma once

#include <algorithm>

#include "store/sqlite/readers.h"
#include "store/sqlite/records.h"
#include "store/sqlite/writer.h"

namespace certstead::sqlite {

struct Core {
  Writer& writer;
  Readers& readers;
  FeedSignal& feed;
};

// A number of rows as SQL's LIMIT takes it, where a negative one would mean no limit.
inline std::int64_t row_limit(std::size_t limit) {
  return static_cast<std::int64_t>(std::min<std::size_t>(limit, INT64_MAX));
}

// kNotFound: "there is no WHAT called NAME".
Error no_such(std::string_view what, std::string_view name);
// kConflict ("stale-revision"): it was changed by somebody else after the caller read it.
Error stale_revision(std::string_view what, std::string_view name);
// The error of an insert, with `sentence` if the reason is that a key is taken ("taken").
Status explain_taken(Status inserted, std::string_view sentence);
// kConflict ("stale-fence") unless `fence` is the present one of a running job. Without a job id there is
// nothing to check.
Status check_fence(Database& db, std::string_view job_id, std::int64_t fence);
// Forgets the order's published answers, and tells the feed of those that no other order shows.
Status withdraw_challenges_of(Transaction& transaction, std::string_view order_id);
// Forgets the orders whose ids are the first column of `query`, and their answers.
Status remove_orders(Transaction& transaction, Result<Query> query);

// What was found, or no_such().
template <class T>
Result<T> expect_found(Result<std::optional<T>> found, std::string_view what, std::string_view name) {
  if (!found) return found.error();
  if (!*found) return no_such(what, name);
  return std::move(**found);
}

}  // namespace certstead::sqlite
