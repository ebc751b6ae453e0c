#include "pki/import_match.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "crypto/digest.h"

namespace certstead {
namespace {

bool is_valid(const Certificate& one, Instant now) {
  return now >= one.not_before() && now <= one.not_after();
}

// SubjectPublicKeyInfo as it stands in the certificate: no key has to be encoded for it.
Bytes spki_of(const Certificate& one) {
  std::uint8_t* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(one.native()), &der);
  if (length <= 0) return {};
  Bytes copy(der, der + length);
  OPENSSL_free(der);
  return copy;
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
    key.spki = key.key.public_key().spki();
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
  Candidates candidates = candidates_by(spki_of);
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
