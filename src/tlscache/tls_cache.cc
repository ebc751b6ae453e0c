#include "tlscache/tls_cache.h"

#include "tlscache/connection.h"
#include "tlscache/fork_guard.h"
#include "tlscache/local_address.h"
#include "tlscache/lookup_log.h"

namespace certstead {
namespace {

int client_hello_call_back(SSL* ssl, int* alert, void*) { return TlsCache::on_client_hello(ssl, alert); }
int certificate_call_back(SSL* ssl, void*) { return TlsCache::on_certificate(ssl); }
int status_call_back(SSL* ssl, void*) { return TlsCache::on_status(ssl); }
int ticket_call_back(SSL* ssl, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                     EVP_MAC_CTX* mac, int encrypt) {
  const int answer = TlsCache::on_ticket_key(ssl, key_name, iv, cipher, mac, encrypt);
  // A context of ours has no other keys: no ticket is opened, and none can be made.
  if (answer == TlsCache::kNotOurs) return encrypt != 0 ? -1 : 0;
  return answer;
}

// How often the view is asked whether look-ups are to be logged.
constexpr std::int64_t kAskEveryMs = 1000;

Status apply(SSL_CTX* context, const ServePolicy& policy) {
  constexpr int kMostTickets = 2;
  clear_openssl_errors();
  if (policy.tickets && (*policy.tickets < 0 || *policy.tickets > kMostTickets)) {
    return invalid("the number of session tickets must be 0, 1 or 2");
  }
  if (policy.tickets && SSL_CTX_set_num_tickets(context, static_cast<std::size_t>(*policy.tickets)) != 1) {
    return openssl_error("setting the number of session tickets");
  }
  // TLS 1.2 knows no number.
  if (policy.tickets == 0) SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  if (policy.least_tls == LeastTls::kOfContext) return Done{};
  const int least = policy.least_tls == LeastTls::kTls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  if (SSL_CTX_set_min_proto_version(context, least) != 1) {
    return openssl_error("setting the least TLS version");
  }
  return Done{};
}

}  // namespace

TlsCache::Impl::Impl(const std::filesystem::path& directory, const TlsCacheOptions& options)
    : log(options.log),
      clock(options.clock == nullptr ? system_clock_ : *options.clock),
      source(directory, options.cache_bytes, clock, options.log),
      log_owner_(options.log_owner),
      reopen_in_child_(options.reopen_in_child),
      line_by_view_(options.lookup_log
                        ? std::make_shared<const std::function<void(std::string_view)>>(options.lookup_log)
                        : nullptr) {
  ForkGuard::add(this);
}

TlsCache::Impl::~Impl() { ForkGuard::remove(this); }

void TlsCache::Impl::lock_for_fork() {
  log_mutex_.lock();
  source.lock_for_fork();
}

void TlsCache::Impl::unlock_after_fork() {
  source.unlock_after_fork();
  log_mutex_.unlock();
}

// If it fails, look-ups will find out, and the state of the view says so.
void TlsCache::Impl::open_in_child() {
  if (reopen_in_child_) static_cast<void>(source.reopen_after_fork());
}

Result<Selection> TlsCache::Impl::select(const ClientHello& hello, const ServePolicy& policy,
                                         std::string_view address) {
  return select_credential(hello, policy, address, source, clock.now());
}

Result<Selection> TlsCache::Impl::select_loaded(const ClientHello& hello, const ServePolicy& policy,
                                                std::string_view address) {
  return select_credential(hello, policy, address, source.loaded(), clock.now());
}

void TlsCache::Impl::count(const Selection& selection) {
  switch (selection.outcome) {
    case Outcome::kUnknownName:
    case Outcome::kNothing:
      ++counters.refused;
      return;
    case Outcome::kUnusable:
      ++counters.unusable;
      return;
    case Outcome::kChosen:
      break;
  }
  switch (selection.reason) {
    case MatchReason::kNone:
      break;
    case MatchReason::kExact:
      ++counters.exact;
      break;
    case MatchReason::kWildcard:
      ++counters.wildcard;
      break;
    case MatchReason::kTag:
      ++counters.tag;
      break;
    case MatchReason::kAddress:
      ++counters.address;
      break;
    case MatchReason::kDefault:
      ++counters.by_default;
      break;
  }
}

void TlsCache::Impl::report_failure(const Error& error, std::string_view name) {
  ++counters.failed;
  if (log != nullptr) log->error("tlscache.failed", {{"name", name}, {"error", error.detail}});
}

void TlsCache::Impl::set_lookup_log(std::function<void(std::string_view)> line) {
  const std::lock_guard<std::mutex> hold(log_mutex_);
  lookup_log_ =
      line ? std::make_shared<const std::function<void(std::string_view)>>(std::move(line)) : nullptr;
  logging_ = lookup_log_ != nullptr;
}

bool TlsCache::Impl::asked_by_view() {
  const std::int64_t now = clock.elapsed().count();
  std::int64_t next = next_ask_ms_.load(std::memory_order_relaxed);
  if (now >= next && next_ask_ms_.compare_exchange_strong(next, now + kAskEveryMs)) {
    view_asks_ = source.setting(kLookupLogSetting) == "on";
  }
  return view_asks_.load(std::memory_order_relaxed);
}

std::shared_ptr<const std::function<void(std::string_view)>> TlsCache::Impl::lookup_log() {
  if (logging_) {
    const std::lock_guard<std::mutex> hold(log_mutex_);
    return lookup_log_;
  }
  return line_by_view_ != nullptr && asked_by_view() ? line_by_view_ : nullptr;
}

TlsCache::TlsCache(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsCache::~TlsCache() = default;

Result<std::unique_ptr<TlsCache>> TlsCache::open(const std::filesystem::path& view_directory,
                                                 const TlsCacheOptions& options) {
  std::error_code ignored;
  std::filesystem::path absolute = std::filesystem::absolute(view_directory, ignored);
  auto impl = std::make_shared<Impl>(absolute.empty() ? view_directory : absolute, options);
  const Status opened = impl->source.open();
  if (!opened && !options.may_be_absent) return opened.error();
  if (!opened && options.log != nullptr) {
    options.log->warning("tlscache.no-view", {{"error", opened.error().detail}});
  }
  return std::unique_ptr<TlsCache>(new TlsCache(std::move(impl)));
}

Result<std::shared_ptr<const Attachment>> TlsCache::attachment(const ServePolicy& policy) const {
  ServePolicy complete = policy;
  if (!complete.prefer_unasked) {
    TRY(complete.prefer_unasked, unasked_preference(complete.protocol));
  }
  return std::make_shared<const Attachment>(Attachment{impl_, std::move(complete)});
}

Status TlsCache::adopt(SSL_CTX* context, const ServePolicy& policy) {
  TRY(std::shared_ptr<const Attachment> made, attachment(policy));
  return set_attachment(context, std::move(made));
}

Status TlsCache::attach(SSL_CTX* context, const ServePolicy& policy) {
  CHECK_OK(adopt(context, policy));
  CHECK_OK(apply(context, policy));
  SSL_CTX_set_client_hello_cb(context, client_hello_call_back, nullptr);
  SSL_CTX_set_cert_cb(context, certificate_call_back, nullptr);
  // A call-back could not leave the tickets of the context's own certificate to OpenSSL's keys.
  if (!policy.own_certificate) SSL_CTX_set_tlsext_ticket_key_evp_cb(context, ticket_call_back);
  SSL_CTX_set_tlsext_status_cb(context, status_call_back);
  return Done{};
}

Status TlsCache::set_local_address(SSL* ssl, std::string_view address) {
  TRY(std::string canonical, canonical_address(address));
  Connection* const connection = make_connection(ssl);
  if (connection == nullptr) return openssl_error("keeping the local address");
  connection->local_address = std::move(canonical);
  return Done{};
}

TlsCache::Served TlsCache::served(const SSL* ssl) {
  const Connection* const connection = connection_of(ssl);
  Served out;
  if (connection == nullptr) return out;
  out.reason = connection->selection.reason;
  if (connection->hello.server_name) out.name = connection->hello.server_name->ascii();
  if (connection->credential != nullptr) {
    out.credential_id = connection->credential->id;
    out.version = connection->credential->version;
  }
  return out;
}

void TlsCache::set_lookup_log(std::function<void(std::string_view)> line) {
  impl_->set_lookup_log(std::move(line));
}

Result<Selection> TlsCache::look_up(const ClientHello& hello, const ServePolicy& policy,
                                    std::string_view local_address) const {
  return impl_->select(hello, policy, local_address);
}

TlsCacheStats TlsCache::stats() const {
  const LookupCounters& counters = impl_->counters;
  const CredentialCache::Stats cache = impl_->source.cache_stats();
  TlsCacheStats out;
  out.lookups = counters.lookups;
  out.exact = counters.exact;
  out.wildcard = counters.wildcard;
  out.tag = counters.tag;
  out.address = counters.address;
  out.by_default = counters.by_default;
  out.refused = counters.refused;
  out.unusable = counters.unusable;
  out.failed = counters.failed;
  out.kept = counters.kept;
  out.view_failures = impl_->source.state().failures();
  out.view_failing = impl_->source.state().failing();
  out.resumed = counters.resumed_tickets;
  out.staples = counters.staples;
  out.hits = cache.hits;
  out.loads = impl_->source.loads();
  out.evictions = cache.evictions;
  out.cached = cache.entries;
  out.cached_bytes = cache.bytes;
  return out;
}

Status TlsCache::reopen_after_fork() { return impl_->source.reopen_after_fork(); }

}  // namespace certstead
