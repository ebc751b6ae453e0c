// The watch: looks at certificates, chains, revocation and addresses all the time, and tells people. Apart
// from the scheduler on purpose, so that a renewer that hangs does not silence it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "manager/health_desk.h"

namespace certstead {

struct WatchOptions {
  Duration poll{5'000};  // between two rounds
  // Most work in one round.
  std::size_t checks = 50;                             // of versions
  std::size_t handshakes = 4;                          // with watched addresses
  std::size_t sets = 500;                              // judged
  std::size_t notices = 100;                           // in one message
  Duration check_interval = std::chrono::hours{6};     // of a version, while its revocation is known
  Duration retry_interval = std::chrono::minutes{30};  // while it is not
  Duration call_timeout = std::chrono::seconds{10};    // for each conversation with the outside
};

// What one round did.
struct RoundReport {
  std::size_t checks = 0, handshakes = 0, judged = 0, sent = 0, failed = 0;
  bool idle() const { return checks + handshakes == 0; }
};

class Watch {
 public:
  Watch(HealthContext context, WatchOptions options);
  ~Watch();  // stops

  void start();
  void stop();
  // Look now; the next round begins at once.
  void poke();
  // One round on the caller's thread; bounded by the options. What fails outside is recorded; an error that
  // is returned is one of the store. Rounds never overlap.
  Result<RoundReport> round();
  // Rounds until nothing is due any more, or the deadline.
  Status catch_up(Deadline deadline);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace certstead
