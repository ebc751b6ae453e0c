#include "tlscache/ticket_keys.h"

#include <algorithm>

#include "base/codec.h"
#include "crypto/digest.h"
#include "crypto/random.h"

namespace certstead {
namespace {

constexpr std::size_t kNameSize = 16, kKeySize = 32;
// Rings kept; names beyond them are derived again (20 us).
constexpr std::size_t kMostKnown = 4096;
// Of rings without a record.
constexpr std::int64_t kOwnGeneration = -1;

std::int64_t generation_of(const std::optional<TicketRecord>& record) {
  return record ? record->generation : kOwnGeneration;
}

std::shared_ptr<const TicketKeyRing> derive_all(const TicketRecord& record, std::string_view set_id,
                                                const std::string& bound, const ViewKey& key) {
  constexpr std::size_t kSecrets = 3, kCurrent = 1;
  if (record.sealed.size() != kSecrets) return nullptr;
  auto ring = std::make_shared<TicketKeyRing>();
  ring->current = kCurrent;
  for (std::size_t i = 0; i < kSecrets; ++i) {
    const std::int64_t generation = record.generation + static_cast<std::int64_t>(i) - 1;
    const Result<SecretBytes> secret = key.open(set_id, generation, record.sealed[i]);
    if (!secret) return nullptr;
    ring->keys.push_back(derive_ticket_key(*secret, set_id, bound));
  }
  return ring;
}

}  // namespace

SecretBytes TicketKeys::random_own() { return random_secret(kKeySize); }

TicketKey derive_ticket_key(const SecretBytes& secret, std::string_view set_id, std::string_view bound) {
  const Bytes info = Encoder().text("certstead session ticket 1").text(set_id).text(bound).take();
  const SecretBytes made = hkdf_sha256(secret, {}, info, kNameSize + 2 * kKeySize);
  const BytesView bytes = made.reveal();
  TicketKey out;
  std::copy_n(bytes.begin(), kNameSize, out.name.begin());
  out.cipher = SecretBytes(bytes.subspan(kNameSize, kKeySize));
  out.mac = SecretBytes(bytes.subspan(kNameSize + kKeySize, kKeySize));
  return out;
}

std::shared_ptr<const TicketKeyRing> LastRing::find(const std::string& bound, std::int64_t generation) {
  const std::unique_lock<std::mutex> hold(mutex_, std::try_to_lock);
  return hold && ring_ != nullptr && generation_ == generation && bound_ == bound ? ring_ : nullptr;
}

void LastRing::keep(const std::string& bound, std::int64_t generation,
                    std::shared_ptr<const TicketKeyRing> ring) {
  const std::unique_lock<std::mutex> hold(mutex_, std::try_to_lock);
  if (!hold) return;
  bound_ = bound;
  generation_ = generation;
  ring_ = std::move(ring);
}

std::shared_ptr<const TicketKeyRing> TicketKeys::get(std::string_view set_id, const std::string& bound,
                                                     const std::optional<TicketRecord>& record,
                                                     const ViewKey& key, LastRing* last) {
  if (last == nullptr) return find_or_derive(set_id, bound, record, key);
  const std::int64_t generation = generation_of(record);
  if (std::shared_ptr<const TicketKeyRing> there = last->find(bound, generation)) return there;
  std::shared_ptr<const TicketKeyRing> ring = find_or_derive(set_id, bound, record, key);
  last->keep(bound, generation, ring);
  return ring;
}

std::shared_ptr<const TicketKeyRing> TicketKeys::find_or_derive(std::string_view set_id,
                                                                const std::string& bound,
                                                                const std::optional<TicketRecord>& record,
                                                                const ViewKey& key) {
  const std::int64_t generation = generation_of(record);
  const std::string place = std::string(set_id) + '\0' + bound;
  {
    const std::lock_guard<std::mutex> hold(mutex_);
    const auto found = known_.find(place);
    if (found != known_.end() && found->second.generation == generation) return found->second.ring;
  }
  std::shared_ptr<const TicketKeyRing> ring = record ? derive_all(*record, set_id, bound, key) : nullptr;
  if (ring == nullptr) {
    auto own = std::make_shared<TicketKeyRing>();
    own->keys.push_back(derive_ticket_key(own_, set_id, bound));
    ring = std::move(own);
  }
  const std::lock_guard<std::mutex> hold(mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  known_[place] = {generation, ring};
  return ring;
}

}  // namespace certstead
