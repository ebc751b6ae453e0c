// Which key belongs to which certificate, and what is left over.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "pki/import_finds.h"

namespace certstead {

// Everything found, each thing once. `file` counts from 0 in the order of the input.
struct Place {
  std::size_t file = 0, position = 0;
};
struct HeapCertificate {
  Certificate certificate;
  Place place;
  bool used = false;
};
struct HeapKey {
  PrivateKey key;
  Place place;
  Bytes spki;
  std::optional<std::size_t> leaf;  // index into certificates
};

class ImportHeap {
 public:
  explicit ImportHeap(const std::vector<ImportFile>& files) : files_(files) {}

  // Takes over what was found in the file with this number. Call it in the order of the files.
  void add(std::size_t file, Finds finds);
  // Gives each key its leaf; the leaves that lose are dropped.
  void match(Instant now);

  std::vector<HeapCertificate>& certificates() { return certificates_; }
  std::vector<HeapKey>& keys() { return keys_; }
  const std::vector<HeapCertificate>& certificates() const { return certificates_; }
  const std::vector<HeapKey>& keys() const { return keys_; }
  bool has(const Certificate& one) const { return by_fingerprint_.contains(one.fingerprint()); }

  void use(const HeapCertificate& one, std::string_view id, std::string reason);
  void use(const HeapKey& one, std::string_view id, std::string reason);
  void drop(HeapCertificate& one, std::string_view id, std::string reason);
  void drop(const HeapKey& one, std::string_view id, std::string reason);
  // "site.pem, number 2"
  std::string where(const Place& place) const;
  // Both lists in the order of the files.
  void take_notes(ImportReading& into);

 private:
  struct Entry {
    Place place;
    ImportNote note;
  };
  using Candidates = std::vector<std::vector<std::size_t>>;  // for each key the certificates with it
  Candidates candidates_by(const std::function<Bytes(const Certificate&)>& key_of) const;
  void drop_unless_first(FoundCertificate one, std::size_t file);
  ImportNote note_of(const Place& place, std::string_view id, std::string reason) const;
  ImportNote note_of(const HeapCertificate& one, std::string_view id, std::string reason) const;
  ImportNote note_of(const HeapKey& one, std::string_view id, std::string reason) const;
  void choose_leaf(HeapKey& key, const std::vector<std::size_t>& candidates, Instant now);

  const std::vector<ImportFile>& files_;
  std::vector<HeapCertificate> certificates_;
  std::vector<HeapKey> keys_;
  std::map<std::string, std::size_t> by_fingerprint_;
  std::map<Bytes, std::size_t> by_key_;
  std::vector<Entry> used_, dropped_;
};

// Whether a reader of `a` should rather take it than `b`: valid now, then the later start, then the later
// end.
bool is_better_leaf(const Certificate& a, const Certificate& b, Instant now);

}  // namespace certstead
