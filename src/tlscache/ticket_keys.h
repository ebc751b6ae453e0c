// The keys of session tickets: derived from the secrets of a credential set, which lie in the view and rotate
// over the whole fleet, one key for each name (HKDF, RFC 5869). Whoever serves the set opens its tickets,
// nobody else, and no ticket opens at another name.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/secret.h"
#include "replica/view.h"

namespace certstead {

struct TicketKey {
  std::array<std::uint8_t, 16> name{};  // tells it apart within a ticket
  SecretBytes cipher, mac;              // 32 bytes each
};

// Those of one set and one name. Immutable.
struct TicketKeyRing {
  std::vector<TicketKey> keys;  // previous, current, next
  std::size_t current = 0;  // makes new tickets; the others open what was made by quicker or slower members
};

// The ring that was used last with one credential, kept beside it: it lives as long as the credential does,
// so that a server of more names than TicketKeys keeps derives nothing anew. Safe from any thread, and it
// never waits: a slot that is in use, or stayed so across fork(), answers as an empty one.
class LastRing {
 public:
  // Null unless the last one was for this.
  std::shared_ptr<const TicketKeyRing> find(const std::string& bound, std::int64_t generation);
  void keep(const std::string& bound, std::int64_t generation, std::shared_ptr<const TicketKeyRing> ring);

 private:
  std::mutex mutex_;
  std::string bound_;                          // guarded by mutex_
  std::int64_t generation_ = 0;                // guarded by mutex_
  std::shared_ptr<const TicketKeyRing> ring_;  // guarded by mutex_
};

// Safe from any thread.
class TicketKeys {
 public:
  // `record` is what the view has now for `set_id`; without one, or if it can't be opened, the keys come from
  // a secret of this process (and of what it forked since), and tickets are good there only. `bound` is what
  // sessions are bound to. `last` is that of a credential of this set, if one is at hand.
  std::shared_ptr<const TicketKeyRing> get(std::string_view set_id, const std::string& bound,
                                           const std::optional<TicketRecord>& record, const ViewKey& key,
                                           LastRing* last = nullptr);
  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }

 private:
  std::shared_ptr<const TicketKeyRing> find_or_derive(std::string_view set_id, const std::string& bound,
                                                      const std::optional<TicketRecord>& record,
                                                      const ViewKey& key);
  struct Entry {
    std::int64_t generation = 0;
    std::shared_ptr<const TicketKeyRing> ring;
  };
  const SecretBytes own_ = random_own();
  static SecretBytes random_own();
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> known_;  // guarded by mutex_
};

// The keys of `secret` for `set_id` and `bound`.
TicketKey derive_ticket_key(const SecretBytes& secret, std::string_view set_id, std::string_view bound);

}  // namespace certstead
