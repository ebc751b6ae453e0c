#include "pki/import_match.h"

#include <openssl/core_names.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "base/text.h"
#include "crypto/digest.h"
#include "pki/pki_inspector.h"

namespace certstead {
namespace {

bool is_valid(const Certificate& one, Instant now) {
  return now >= one.not_before() && now <= one.not_after();
}

// SubjectPublicKeyInfo of a key. For EC keys put together from the point: OpenSSL's encoder takes longer than
// a signature.
Bytes spki_of(const PrivateKey& key) {
  constexpr std::array<std::uint8_t, 26> kP256 = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                  0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                  0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
  if (key.type() != KeyType::kP256) return key.public_key().spki();
  std::array<std::uint8_t, 65> point{};
  std::size_t length = 0;
  const bool good = EVP_PKEY_get_octet_string_param(key.native(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                                    point.size(), &length) == 1 &&
                    length == point.size() && point[0] == 4;
  clear_openssl_errors();
  if (!good) return key.public_key().spki();
  Bytes spki(kP256.begin(), kP256.end());
  spki.insert(spki.end(), point.begin(), point.end());
  return spki;
}

// A certificate for signing others, not for serving. What `openssl req -x509` makes says CA too, but is its
// own root and names a host.
bool is_authority(const Certificate& one) {
  return one.is_ca() && !(one.is_self_signed() && (!one.dns_names().empty() || !one.ip_addresses().empty()));
}

}  // namespace

bool is_better_leaf(const Certificate& a, const Certificate& b, Instant now) {
  const auto rank = [now](const Certificate& one) {
    return std::tuple(is_valid(one, now), one.not_before(), one.not_after());
  };
  return rank(a) > rank(b);
}

void ImportHeap::add(std::size_t file, Finds finds) {
  for (ImportNote& note : finds.refused) {
    const Place place{file, note.position};
    dropped_.push_back({place, std::move(note)});
  }
  for (FoundCertificate& one : finds.certificates) drop_unless_first(std::move(one), file);
  for (FoundKey& one : finds.keys) {
    HeapKey key{std::move(one.key), {file, one.position}, {}, {}};
    key.spki = spki_of(key.key);
    const auto [known, fresh] = by_key_.try_emplace(key.spki, keys_.size());
    if (fresh) {
      keys_.push_back(std::move(key));
    } else {
      drop(key, "duplicate", "the same key is " + where(keys_[known->second].place));
    }
  }
}

void ImportHeap::drop_unless_first(FoundCertificate one, std::size_t file) {
  HeapCertificate entry{std::move(one.certificate), {file, one.position}};
  const auto [known, fresh] =
      by_fingerprint_.try_emplace(entry.certificate.fingerprint(), certificates_.size());
  if (fresh) {
    certificates_.push_back(std::move(entry));
  } else {
    drop(entry, "duplicate", "the same certificate is " + where(certificates_[known->second].place));
  }
}

ImportHeap::Candidates ImportHeap::candidates_by(
    const std::function<Bytes(const Certificate&)>& key_of) const {
  Candidates found(keys_.size());
  for (std::size_t i = 0; i < certificates_.size(); ++i) {
    const auto key = by_key_.find(key_of(certificates_[i].certificate));
    if (key != by_key_.end()) found[key->second].push_back(i);
  }
  return found;
}

void ImportHeap::match(Instant now) {
  Candidates candidates = candidates_by(spki_in);
  const auto none = [](const std::vector<std::size_t>& of_key) { return of_key.empty(); };
  // A certificate may write the same key in another way (a compressed point); to see that costs more.
  if (std::ranges::any_of(candidates, none))
    candidates = candidates_by([](const Certificate& one) { return one.public_key().spki(); });
  for (std::size_t i = 0; i < keys_.size(); ++i) choose_leaf(keys_[i], candidates[i], now);
}

void ImportHeap::choose_leaf(HeapKey& key, const std::vector<std::size_t>& candidates, Instant now) {
  if (candidates.empty())
    return drop(key, "no-certificate", "there is no certificate for this key in the files");
  for (const std::size_t one : candidates) {
    if (is_authority(certificates_[one].certificate)) continue;
    if (!key.leaf ||
        is_better_leaf(certificates_[one].certificate, certificates_[*key.leaf].certificate, now))
      key.leaf = one;
  }
  if (!key.leaf) {
    return drop(key, "ca-key",
                "it is the key of the CA \"" + certificates_[candidates.front()].certificate.subject() +
                    "\"; only keys of servers are imported");
  }
  for (const std::size_t one : candidates) {
    if (one == *key.leaf || is_authority(certificates_[one].certificate)) continue;
    drop(certificates_[one], "several-leaves",
         "the certificate " + where(certificates_[*key.leaf].place) +
             " has the same key, and is the newer one that is valid");
  }
}

std::string ImportHeap::where(const Place& place) const {
  return "in " + printable(files_[place.file].name, 200) + ", number " + std::to_string(place.position);
}

ImportNote ImportHeap::note_of(const Place& place, std::string_view id, std::string reason) const {
  return {files_[place.file].name, place.position, {}, {}, {}, std::string(id), std::move(reason)};
}

ImportNote ImportHeap::note_of(const HeapCertificate& one, std::string_view id, std::string reason) const {
  ImportNote note = note_of(one.place, id, std::move(reason));
  note.kind = "certificate";
  note.subject = one.certificate.subject();
  note.fingerprint = one.certificate.fingerprint();
  return note;
}

ImportNote ImportHeap::note_of(const HeapKey& one, std::string_view id, std::string reason) const {
  ImportNote note = note_of(one.place, id, std::move(reason));
  note.kind = "key";
  note.fingerprint = sha256_hex(one.spki);
  return note;
}

void ImportHeap::use(const HeapCertificate& one, std::string_view id, std::string reason) {
  used_.push_back({one.place, note_of(one, id, std::move(reason))});
}
void ImportHeap::use(const HeapKey& one, std::string_view id, std::string reason) {
  used_.push_back({one.place, note_of(one, id, std::move(reason))});
}
void ImportHeap::drop(HeapCertificate& one, std::string_view id, std::string reason) {
  one.used = true;  // nothing more is to be said about it
  dropped_.push_back({one.place, note_of(one, id, std::move(reason))});
}
void ImportHeap::drop(const HeapKey& one, std::string_view id, std::string reason) {
  dropped_.push_back({one.place, note_of(one, id, std::move(reason))});
}

void ImportHeap::take_notes(ImportReading& into) {
  const auto earlier = [](const Entry& a, const Entry& b) {
    return std::tie(a.place.file, a.place.position) < std::tie(b.place.file, b.place.position);
  };
  for (auto [from, to] : {std::pair(&used_, &into.used), std::pair(&dropped_, &into.dropped)}) {
    std::stable_sort(from->begin(), from->end(), earlier);
    for (Entry& entry : *from) to->push_back(std::move(entry.note));
  }
}

}  // namespace certstead
