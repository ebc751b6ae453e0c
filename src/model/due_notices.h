// What has to be told now. Pure.
#pragma once

#include "model/notify.h"

namespace certstead {

struct NotifySettings {
  int failures = 2;                        // of a renewal in a row before it is told
  Duration repeat = std::chrono::days{1};  // told again while it stands (yellow: four times as long)
  bool digest = false;                     // everything once a day, at `digest_hour`
  int digest_hour = 8;                     // UTC
  Duration heartbeat = std::chrono::hours{1};
};

struct DueNotices {
  std::vector<Notice> notices;
  std::vector<Told> told;  // what stands as told afterwards; replaces `told`
};

// `findings` are all that stand for one subject, `told` what was told of it. A finding is told when it is
// new or has become worse, again after a time while it stands, and once when it is over.
DueNotices due_notices(Instant now, const std::vector<Finding>& findings, const std::vector<Told>& told,
                       const NotifySettings& settings);

// When a notice of `now` is to go out: at once, or at the hour of the digest.
Instant send_at(Instant now, const NotifySettings& settings);

// How long to wait after the n-th failed delivery (1, 2, ...): 1 min, doubled each time, at most 1 h.
Duration delivery_pause(int failures);

}  // namespace certstead
