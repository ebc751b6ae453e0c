// The store: all faces of one certstore in one object.
#pragma once

#include "model/store_ports.h"

namespace certstead {

// The references stay valid for as long as the store lives. All of it is safe from any thread. Every changing
// call is one transaction that is durable when the call returns success, and that left no trace when it
// returns an error; the one exception is named: after kUnavailable with the id "commit-unknown" the change
// may or may not be there, so read before trying again.
class Store {
 public:
  virtual ~Store() = default;
  virtual CredentialSets& credentials() = 0;
  virtual CredentialVersions& versions() = 0;
  virtual Orders& orders() = 0;
  virtual Jobs& jobs() = 0;
  virtual Accounts& accounts() = 0;
  virtual Issuers& issuers() = 0;
  virtual TrustedRoots& roots() = 0;
  virtual Challenges& challenges() = 0;
  virtual Members& members() = 0;
  virtual Settings& settings() = 0;
  virtual Audit& audit() = 0;
  virtual FeedLog& feed() = 0;

  // All of them, as the use cases take them.
  StorePorts ports() {
    return {credentials(), versions(),   orders(),  jobs(),     accounts(), issuers(),
            roots(),       challenges(), members(), settings(), audit(),    feed()};
  }
};

}  // namespace certstead
