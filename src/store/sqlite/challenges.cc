#include "store/sqlite/faces.h"

namespace certstead::sqlite {
namespace {

class SqliteChallenges final : public Challenges {
 public:
  explicit SqliteChallenges(const Core& core) : core_(core) {}

  Result<std::int64_t> publish_challenge(const PublishedChallenge& challenge) override {
    return core_.writer.run([&](Transaction& transaction) -> Status {
      CHECK_OK(insert_or_replace(transaction.db, challenge));
      transaction.tell_feed(kFeedChallenge, challenge.token);
      return Done{};
    });
  }

  Status withdraw_challenges(std::string_view order_id) override {
    return core_.writer.apply(
        [&](Transaction& transaction) -> Status { return withdraw_challenges_of(transaction, order_id); });
  }

  Result<std::vector<PublishedChallenge>> list_challenges() override {
    return core_.readers.read(
        [&](Database& db) { return select<PublishedChallenge>(db, "ORDER BY created, token, order_id"); });
  }

  Result<PublishedChallenge> find_challenge(std::string_view token) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(
          select_one<PublishedChallenge>(db, "WHERE token = ? ORDER BY created DESC LIMIT 1", token),
          "published challenge with the token", token);
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<Challenges> make_challenges(const Core& core) {
  return std::make_unique<SqliteChallenges>(core);
}

}  // namespace certstead::sqlite
