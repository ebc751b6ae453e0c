// Proof that what views hold is served: handshakes with the ports that the administrator named for them.
#pragma once

#include <memory>

#include "manager/context.h"
#include "model/served_probe.h"

namespace certstead {

struct ProofOptions {
  std::vector<ViewProof> proofs;                     // none: nothing is proved
  std::string host;                                  // what this host calls itself
  Duration again = std::chrono::hours{1};            // of what was served
  Duration again_red = std::chrono::minutes{1};      // of what was not
  int looks = 3;                                     // before something is called not served
  Duration look_again = std::chrono::seconds{2};     // between them
  Duration handshake = std::chrono::seconds{5};      // for each
  Duration view_patience = std::chrono::seconds{5};  // for the views to show what has changed
  std::size_t batch = 50;                            // sets in one round
};

// Every set that goes into a view with ports is asked for at each of them, once for each kind of key, by a
// name of its own: when it changes, and over and over. What was seen is stored as a report of the layout
// kViewLayout, in the place of the one before, so that `status`, health and notices take it like the proofs
// of deployments. A view without ports, and a set that no view holds, have no proof.
class ViewProver {
 public:
  // What `context` refers to and `probe` outlive it.
  ViewProver(const Context& context, ServedProbe& probe, ProofOptions options);
  ~ViewProver();  // stops

  // On a thread of its own, until stop().
  void start();
  void stop();
  // One round on the caller's thread; rounds never overlap. Returns how many sets were asked for. An error is
  // one of the store.
  Result<std::size_t> round();
  // All sets, or the one of this name, are due now.
  void make_due(std::string_view name);
  // Waits until nothing is due, or the deadline. For when start() was called.
  void wait_idle(Deadline deadline);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace certstead
