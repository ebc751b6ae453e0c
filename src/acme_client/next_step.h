// What to do next with an order: the whole life of it, decided purely.
#pragma once

#include "model/order.h"
#include "model/step.h"

namespace certstead {

// An order whose creation was begun this often without an answer being recorded is given up.
inline constexpr int kMaxCreateAttempts = 10;
// Polls after which a CA that does not move is given up: a challenge after about a quarter of an hour, an
// order that it is working on after about a day (see poll_pause).
inline constexpr int kMaxChallengePolls = 80;
inline constexpr int kMaxOrderPolls = 500;

// The pause after the `polls`-th poll without news (0 = before the first): 10 ms, doubling to 5 s, from the
// 60th on 30 s, from the 200th on 5 min.
Duration poll_pause(int polls);

// Plans how each name is to be proved; fetches every authorization; publishes, checks and answers every
// challenge; makes the key while the CA
// looks; polls; finalizes; downloads. After a restart: an order whose creation is in doubt is created again,
// one whose finalizing is in doubt (step_begun) is polled first, everything else is simply gone on with.
// Steps that talk to the CA wait for `not_before`, others don't. Relies on Issuer::advance to clear
// `step_begun`, and on the executor to count `create_attempts` when it records the beginning of CreateOrder.
Step next_step(const Order& order, Instant now);

}  // namespace certstead
