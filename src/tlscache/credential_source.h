// Credentials of a view as OpenSSL takes them: out of the cache, or read, opened and parsed.
#pragma once

#include "replica/view.h"
#include "tlscache/credential_cache.h"
#include "tlscache/selection.h"

namespace certstead {

// Safe from any thread.
class CredentialSource final : public CredentialIndex {
 public:
  CredentialSource(std::unique_ptr<ViewReader> view, ViewKey key, std::size_t cache_bytes)
      : view_(std::move(view)), key_(std::move(key)), cache_(cache_bytes) {}

  Result<NameMatch> find(const DomainName& host) const override { return view_->find(host); }
  Result<std::vector<CredentialRef>> find_pattern(const HostPattern& pattern) const override {
    return view_->find_pattern(pattern);
  }
  Result<std::vector<CredentialRef>> find_tag(std::string_view tag) const override {
    return view_->find_tag(tag);
  }

  // kNotFound if it was replaced since it was found: select again. kDenied if the view's key does not open
  // it.
  Result<std::shared_ptr<const ParsedCredential>> get(const CredentialRef& ref);

  Status reopen_after_fork() { return view_->reopen_after_fork(); }
  CredentialCache::Stats cache_stats() const { return cache_.stats(); }
  std::uint64_t loads() const { return loads_; }

 private:
  Result<std::shared_ptr<const ParsedCredential>> load(const CredentialRef& ref);

  std::unique_ptr<ViewReader> view_;
  ViewKey key_;
  CredentialCache cache_;
  IntermediatePool intermediates_;
  std::atomic<std::uint64_t> loads_{0};
};

}  // namespace certstead
