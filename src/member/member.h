// The loop of a member: from the feed to its views.
#pragma once

#include <memory>

#include "member/staple_keeper.h"
#include "model/feed.h"
#include "model/member_progress.h"

namespace certstead {

struct MemberOptions {
  std::vector<ViewConfig> views;
  Duration long_poll = std::chrono::seconds{25};
  Duration retry = std::chrono::seconds{1};  // after a failed pull
  // OCSP responses are looked after this often, and when there is something new; in between, at least as long
  // as `staple_rest`.
  Duration staple_round = std::chrono::minutes{10};
  Duration staple_rest = std::chrono::seconds{1};
};

// Pulls on a thread of its own. Serving never waits for it: the views stay as they are while the feed is
// away.
class Member final : public MemberProgress {
 public:
  // Opens or makes the views. `feed`, `clock` and `log` outlive the member.
  static Result<std::unique_ptr<Member>> open(Identity identity, std::string store_id, MemberOptions options,
                                              Feed& feed, const Clock& clock, LogSink& log);
  ~Member() override;  // stops
  void start();
  // From now on OCSP responses are fetched for the views, on another thread, until stop(), which comes before
  // `source` goes.
  void start_staples(StapleSource& source);
  void stop();
  // One pull and the applying of what came; what `start` does over and over. Waits until `deadline` for
  // something new.
  Status pull_once(Deadline deadline);

  Status wait_applied(std::int64_t seq, Deadline deadline) override;
  std::vector<ViewHolding> holdings(const CredentialSet& set) const override;
  // Where every view has come to.
  std::int64_t applied_seq() const;
  const std::vector<std::unique_ptr<ViewKeeper>>& views() const;

 private:
  struct Impl;
  explicit Member(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace certstead
