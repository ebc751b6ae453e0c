// A view on disk with real credentials in it, and a cache that serves it, for tests.
#pragma once

#include "base/temp_dir.h"
#include "replica/test_credentials.h"
#include "tlscache/test_handshake.h"
#include "tlscache/tls_cache.h"

namespace certstead {

class TestFleet {
 public:
  explicit TestFleet(const TlsCacheOptions& options = {})
      : cache(must(TlsCache::open(dir.path(), options))) {}

  NewCredential make(const std::string& set, KeyType type, std::int64_t version,
                     const std::vector<std::string>& names, const std::vector<std::string>& tags = {}) const {
    return ca.make(key, set, type, version, names, tags);
  }
  void put(const std::string& set, const std::vector<NewCredential>& credentials) {
    ViewBatch batch = must(writer->begin());
    must_succeed(batch.replace_set(set, credentials));
    must_succeed(batch.commit());
  }
  // One set with both kinds of key; returns the fingerprints of the ECDSA and the RSA leaf.
  std::pair<std::string, std::string> put_both(const std::string& set, std::int64_t version,
                                               const std::vector<std::string>& names,
                                               const std::vector<std::string>& tags = {}) {
    const NewCredential ec = make(set, KeyType::kP256, version, names, tags);
    const NewCredential rsa = make(set, KeyType::kRsa2048, version, names, tags);
    put(set, {ec, rsa});
    return {fingerprint(ec), fingerprint(rsa)};
  }
  static std::string fingerprint(const NewCredential& credential) {
    return must(Certificate::from_der(credential.record.leaf)).fingerprint();
  }

  ContextHandle serve(const ServePolicy& policy = {}) {
    ContextHandle context = server_context();
    must_succeed(cache->attach(context.get(), policy));
    return context;
  }
  ContextHandle client() const { return client_context({ca.root()}); }

  TempDir dir;
  TestCa ca{std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now() - std::chrono::hours(1))};
  ViewKey key = must(ViewKey::load_or_create(dir.path()));
  std::unique_ptr<ViewWriter> writer = must(ViewWriter::open(dir.path()));
  std::unique_ptr<TlsCache> cache;
};

}  // namespace certstead
