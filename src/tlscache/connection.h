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
      unusable{0}, failed{0}, kept{0}, resumed_tickets{0}, staples{0};
};

class TlsCache::Impl {
 public:
  Impl(const std::filesystem::path& directory, const TlsCacheOptions& options);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<Selection> select(const ClientHello& hello, const ServePolicy& policy, std::string_view address);
  // The same among what is parsed already, for when the view's own answer can't be read.
  Result<Selection> select_loaded(const ClientHello& hello, const ServePolicy& policy,
                                  std::string_view address);
  void count(const Selection& selection);
  void report_failure(const Error& error, std::string_view name);

  void set_lookup_log(std::function<void(std::string_view)> line);
  // Null while it is off.
  std::shared_ptr<const std::function<void(std::string_view)>> lookup_log();

  // Around fork(); the last one in the child.
  void lock_for_fork();
  void unlock_after_fork();
  void open_in_child();

 private:
  bool asked_by_view();
  SystemClock system_clock_;

 public:
  LogSink* const log;
  const Clock& clock;
  CredentialSource source;
  LookupCounters counters;

 private:
  const std::shared_ptr<LogSink> log_owner_;
  const bool reopen_in_child_;
  // Set once: where lines go while the view's setting is on.
  const std::shared_ptr<const std::function<void(std::string_view)>> line_by_view_;
  std::atomic<bool> view_asks_{false};
  std::atomic<std::int64_t> next_ask_ms_{0};
  std::atomic<bool> logging_{false};
  std::mutex log_mutex_;
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
  std::string session_context;  // the program's own
  Selection selection;
  std::string bound;                                   // what sessions of this connection are bound to
  std::shared_ptr<const ParsedCredential> credential;  // null on resumed sessions
  std::shared_ptr<const TicketKeyRing> ring;           // once a ticket was opened or made
};

// kConflict if one is there already.
Status set_attachment(SSL_CTX* context, std::shared_ptr<const Attachment> attachment);
// Null if there is none.
std::shared_ptr<const Attachment> attachment_of(const SSL* ssl);
Connection* connection_of(const SSL* ssl);
// Null only if memory is out.
Connection* make_connection(SSL* ssl);

}  // namespace certstead
