// Challenges that are published at this moment: the journal from which they are cleaned up, whatever happens.
#pragma once

#include "base/clock.h"
#include "model/audit.h"

namespace certstead {

struct PublishedChallenge {
  std::string token;  // base64url, 1 to 128 characters: checked before it gets here
  std::string key_authorization;
  std::string order_id;
  std::string domain;
  Instant created;
};

class Challenges {
 public:
  virtual ~Challenges() = default;
  // Makes the answer part of the feed for every member. Returns the feed's sequence number of the change.
  virtual Result<std::int64_t> publish_challenge(const PublishedChallenge& challenge) = 0;
  // Takes all answers of an order away. It is no error if there are none.
  virtual Status withdraw_challenges(std::string_view order_id) = 0;
  virtual Result<std::vector<PublishedChallenge>> list_challenges() = 0;
  virtual Result<PublishedChallenge> find_challenge(std::string_view token) = 0;
};

}  // namespace certstead
