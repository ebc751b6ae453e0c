// Real credentials for tests and benchmarks: a small CA with one intermediate, and keys that are made once.
#pragma once

#include <cstdlib>
#include <map>

#include "crypto/issue.h"
#include "replica/view.h"

namespace certstead {

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "test set-up: %s\n", result.error().detail.c_str());
  std::abort();
}
inline void must_succeed(const Status& status) {
  if (status) return;
  std::fprintf(stderr, "test set-up: %s\n", status.error().detail.c_str());
  std::abort();
}

// RSA keys take a third of a second each: one per type and process unless a fresh one is asked for.
inline const PrivateKey& test_key(KeyType type) {
  static std::map<KeyType, PrivateKey> keys;
  const auto found = keys.find(type);
  if (found != keys.end()) return found->second;
  return keys.emplace(type, must(PrivateKey::generate(type))).first->second;
}

class TestCa {
 public:
  explicit TestCa(Instant now) : now_(now) {}

  const Certificate& root() const { return root_; }
  const Certificate& intermediate() const { return intermediate_; }

  // A credential with its key sealed under `view_key`. Ids are unique per set, key type and version. EC keys
  // are fresh, so that a leaf with the key of another version never passes for a good pair.
  NewCredential make(const ViewKey& view_key, const std::string& set, KeyType type, std::int64_t version,
                     const std::vector<std::string>& names, const std::vector<std::string>& tags = {}) const {
    const PrivateKey key = is_rsa(type) ? test_key(type) : must(PrivateKey::generate(type));
    const Instant not_before = now_ + std::chrono::seconds(version);
    const Instant not_after = not_before + std::chrono::hours(24 * 90);
    const Certificate leaf = must(issue_certificate({.common_name = "",
                                                     .dns_names = names,
                                                     .public_key = key.public_key(),
                                                     .not_before = not_before,
                                                     .not_after = not_after,
                                                     .server_auth = true},
                                                    intermediate_key_, intermediate_));
    NewCredential out;
    out.record.id = set + "/" + std::string(key_type_name(type)) + "/" + std::to_string(version);
    out.record.set_id = set;
    out.record.set_name = names.empty() ? set : names.front();
    out.record.version = version;
    out.record.key_type = type;
    out.record.names = names;
    out.record.tags = tags;
    out.record.not_before = not_before;
    out.record.not_after = not_after;
    out.record.leaf = leaf.der();
    out.record.sealed_key = must(view_key.seal(out.record.id, version, key.to_der()));
    out.intermediates = {intermediate_.der()};
    return out;
  }

 private:
  Certificate issue_ca(const std::string& name, const PrivateKey& key, const PrivateKey& issuer_key,
                       const std::optional<Certificate>& issuer) const {
    return must(issue_certificate({.common_name = name,
                                   .dns_names = {},
                                   .public_key = key.public_key(),
                                   .not_before = now_ - std::chrono::hours(24),
                                   .not_after = now_ + std::chrono::hours(24 * 3650),
                                   .is_ca = true},
                                  issuer_key, issuer));
  }

  Instant now_;
  PrivateKey root_key_ = must(PrivateKey::generate(KeyType::kP256));
  Certificate root_ = issue_ca("Test Root", root_key_, root_key_, {});
  PrivateKey intermediate_key_ = must(PrivateKey::generate(KeyType::kP256));
  Certificate intermediate_ = issue_ca("Test Intermediate", intermediate_key_, root_key_, root_);
};

}  // namespace certstead
