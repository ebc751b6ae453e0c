// Credentials of a view as OpenSSL takes them: out of the cache, or read, opened and parsed.
#pragma once

#include <filesystem>

#include "base/clock.h"
#include "replica/view.h"
#include "tlscache/credential_cache.h"
#include "tlscache/ticket_keys.h"
#include "tlscache/view_state.h"

namespace certstead {

// Safe from any thread. A view that can't be read (damaged, of another format, gone) is a state: what was
// loaded before is found in the cache meanwhile.
class CredentialSource final : public CredentialIndex {
 public:
  // `clock` and `log` (which may be null) outlive it.
  CredentialSource(std::filesystem::path directory, std::size_t cache_bytes, const Clock& clock, LogSink* log)
      : directory_(std::move(directory)), clock_(clock), state_(clock, log), cache_(cache_bytes) {}

  // Opens the view and its key. Without it, or after it failed, look-ups try it once a second.
  Status open();

  Result<NameMatch> find(const DomainName& host) const override;
  Result<std::vector<CredentialRef>> find_pattern(const HostPattern& pattern) const override;
  Result<std::vector<CredentialRef>> find_tag(std::string_view tag) const override;

  // kNotFound if it was replaced since it was found: select again. kDenied if the view's key does not open
  // it.
  Result<std::shared_ptr<const ParsedCredential>> get(const CredentialRef& ref);
  // What is parsed already, as an index.
  const CredentialIndex& loaded() const { return cache_; }

  // The set that a credential belongs to, without parsing it.
  Result<std::string> set_of(const CredentialRef& ref);
  // The keys of tickets for credentials of this set; see TicketKeys. Null while there is no view.
  std::shared_ptr<const TicketKeyRing> ticket_keys(std::string_view set_id, const std::string& bound,
                                                   LastRing* last = nullptr);
  // An OCSP response that counts now, if the view has one.
  std::optional<Bytes> staple(BytesView leaf_sha256) const;
  // A setting of the view; "" if it has none or can't be read.
  std::string setting(std::string_view name) const;

  Status reopen_after_fork();
  void lock_for_fork();
  void unlock_after_fork();
  CredentialCache::Stats cache_stats() const { return cache_.stats(); }
  std::uint64_t loads() const { return loads_; }
  const ViewState& state() const { return state_; }

 private:
  struct OpenView {
    std::unique_ptr<ViewReader> reader;
    ViewKey key;
  };
  Result<const OpenView*> view() const;
  Result<const OpenView*> open_now() const;
  template <class Ask>
  auto ask(const Ask& question) const -> decltype(question(std::declval<const OpenView&>()));
  Result<std::shared_ptr<const ParsedCredential>> load(const CredentialRef& ref);
  Result<ChainHandle> chain_of(const StoredCredential& stored, std::vector<std::shared_ptr<X509>>& shared);

  const std::filesystem::path directory_;
  const Clock& clock_;
  mutable ViewState state_;
  mutable std::mutex open_mutex_;
  mutable std::unique_ptr<const OpenView> owned_;  // guarded by open_mutex_
  mutable std::atomic<const OpenView*> view_{nullptr};
  mutable std::atomic<std::int64_t> next_try_ms_{0};
  CredentialCache cache_;
  IntermediatePool intermediates_;
  TicketKeys tickets_;
  std::atomic<std::uint64_t> loads_{0};
};

}  // namespace certstead
