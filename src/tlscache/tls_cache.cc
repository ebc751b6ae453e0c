#include "tlscache/tls_cache.h"

#include "tlscache/connection.h"
#include "tlscache/local_address.h"

namespace certstead {
namespace {

int client_hello_call_back(SSL* ssl, int* alert, void*) { return TlsCache::on_client_hello(ssl, alert); }
int certificate_call_back(SSL* ssl, void*) { return TlsCache::on_certificate(ssl); }

}  // namespace

Result<Selection> TlsCache::Impl::select(const ClientHello& hello, const ServePolicy& policy,
                                         std::string_view address) {
  return select_credential(hello, policy, address, source, clock.now());
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

std::shared_ptr<const std::function<void(std::string_view)>> TlsCache::Impl::lookup_log() const {
  if (!logging_) return nullptr;
  const std::lock_guard<std::mutex> hold(log_mutex_);
  return lookup_log_;
}

TlsCache::TlsCache(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsCache::~TlsCache() = default;

Result<std::unique_ptr<TlsCache>> TlsCache::open(const std::filesystem::path& view_directory,
                                                 const TlsCacheOptions& options) {
  TRY(std::unique_ptr<ViewReader> view, ViewReader::open(view_directory));
  TRY(ViewKey key, ViewKey::load(view_directory));
  return std::unique_ptr<TlsCache>(
      new TlsCache(std::make_shared<Impl>(std::move(view), std::move(key), options)));
}

Status TlsCache::adopt(SSL_CTX* context, const ServePolicy& policy) {
  return set_attachment(context, std::make_shared<const Attachment>(Attachment{impl_, policy}));
}

Status TlsCache::attach(SSL_CTX* context, const ServePolicy& policy) {
  CHECK_OK(adopt(context, policy));
  SSL_CTX_set_client_hello_cb(context, client_hello_call_back, nullptr);
  SSL_CTX_set_cert_cb(context, certificate_call_back, nullptr);
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
  return connection == nullptr ? Served{} : connection->served;
}

void TlsCache::set_lookup_log(std::function<void(std::string_view)> line) {
  impl_->set_lookup_log(std::move(line));
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
  out.hits = cache.hits;
  out.loads = impl_->source.loads();
  out.evictions = cache.evictions;
  out.cached = cache.entries;
  out.cached_bytes = cache.bytes;
  return out;
}

Status TlsCache::reopen_after_fork() { return impl_->source.reopen_after_fork(); }

}  // namespace certstead
