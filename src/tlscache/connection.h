// What this module hangs on OpenSSL's objects: the attachment on an SSL_CTX, the choice on an SSL. Internal.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/log_sink.h"
#include "tlscache/credential_source.h"
#include "tlscache/tls_cache.h"

namespace certstead {

// Counters, one per field of TlsCacheStats that is counted in the call-backs.
struct LookupCounters {
  std::atomic<std::uint64_t> lookups{0}, exact{0}, wildcard{0}, tag{0}, address{0}, by_default{0}, refused{0},
      unusable{0}, failed{0};
};

class TlsCache::Impl {
 public:
  Impl(std::unique_ptr<ViewReader> view, ViewKey key, const TlsCacheOptions& options)
      : source(std::move(view), std::move(key), options.cache_bytes),
        log(options.log),
        clock(options.clock == nullptr ? system_clock_ : *options.clock) {}

  Result<Selection> select(const ClientHello& hello, const ServePolicy& policy, std::string_view address);
  void count(const Selection& selection);
  void report_failure(const Error& error, std::string_view name);

  void set_lookup_log(std::function<void(std::string_view)> line);
  // Null while it is off.
  std::shared_ptr<const std::function<void(std::string_view)>> lookup_log() const;

  CredentialSource source;
  LookupCounters counters;
  LogSink* const log;
  const Clock& clock;

 private:
  SystemClock system_clock_;
  std::atomic<bool> logging_{false};
  mutable std::mutex log_mutex_;
  std::shared_ptr<const std::function<void(std::string_view)>> lookup_log_;  // guarded by log_mutex_
};

// On an SSL_CTX: which cache serves it, and how.
struct Attachment {
  std::shared_ptr<TlsCache::Impl> cache;
  ServePolicy policy;
};

// On an SSL: made by the first call-back, or by set_local_address.
struct Connection {
  std::shared_ptr<const Attachment> attachment;
  ClientHello hello;
  std::string local_address;
  Selection selection;
  TlsCache::Served served;
};

// kConflict if one is there already.
Status set_attachment(SSL_CTX* context, std::shared_ptr<const Attachment> attachment);
// Null if there is none.
std::shared_ptr<const Attachment> attachment_of(const SSL* ssl);
Connection* connection_of(const SSL* ssl);
// Null only if memory is out.
Connection* make_connection(SSL* ssl);

}  // namespace certstead
