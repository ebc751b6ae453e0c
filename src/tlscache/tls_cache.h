// Serves the credentials of a view from any SSL_CTX: the certificate is chosen in the handshake, by name, tag
// or address and by what the client can verify. What the member writes is served at the next handshake, with
// no reload. Parsed credentials are kept in a bounded cache.
#pragma once

#include <openssl/ssl.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log_sink.h"
#include "model/domain_name.h"
#include "tlscache/selection.h"

namespace certstead {

// A cache with a policy; what serves a connection.
struct Attachment;

struct TlsCacheOptions {
  // Bound of what is kept parsed. A cache smaller than the fleet is slower and fails nothing.
  std::size_t cache_bytes = std::size_t{64} << 20;
  // Where failures are reported (a credential that can't be opened, ...). Null: nowhere. Must outlive the
  // cache.
  LogSink* log = nullptr;
  // Kept for as long as anything may log, contexts that outlive the cache object included.
  std::shared_ptr<LogSink> log_owner = {};
  // Null: the system's clock. Must outlive the cache.
  const Clock* clock = nullptr;
  // Open although there is no view yet (or none that can be read): it is tried again at look-ups, once a
  // second, and nothing is found until then.
  bool may_be_absent = false;
  // Open the view again in the child by itself, after every fork() of this process (pthread_atfork): for
  // programs that drop privileges or chroot after it.
  bool reopen_in_child = false;
  // Gets request and result lines while the view's setting "lookup-log" is "on" (`certstead cache log on`),
  // within a second. As the function of set_lookup_log().
  std::function<void(std::string_view line)> lookup_log = {};
};

struct TlsCacheStats {
  std::uint64_t lookups = 0;                                                    // client hellos seen
  std::uint64_t exact = 0, wildcard = 0, tag = 0, address = 0, by_default = 0;  // how they were answered
  std::uint64_t refused = 0;                                                    // nothing for that name
  std::uint64_t unusable = 0;       // found, but of no key type that the client can verify
  std::uint64_t failed = 0;         // found, but the view or the credential could not be read
  std::uint64_t kept = 0;           // of these: served all the same, with what was loaded before
  std::uint64_t view_failures = 0;  // reads of the view that failed
  bool view_failing = false;        // the last one did
  std::uint64_t resumed = 0;        // tickets that were opened
  std::uint64_t staples = 0;        // OCSP responses that were served
  std::uint64_t hits = 0, loads = 0, evictions = 0;  // of parsed credentials
  std::size_t cached = 0, cached_bytes = 0;
};

// Safe from any thread. Handshakes that run hold on to what they use, so the object may go before the
// contexts it was attached to.
class TlsCache {
 public:
  class Impl;  // connection.h
  // Opens the view and its key: before privileges drop and before chroot. Takes as long for a million
  // credentials as for one. kNotFound if there is no view yet; see ViewReader::open and ViewKey::load.
  static Result<std::unique_ptr<TlsCache>> open(const std::filesystem::path& view_directory,
                                                const TlsCacheOptions& options = {});
  ~TlsCache();

  // From now on `context` serves from this cache: sets its client-hello, certificate, ticket-key and status
  // call-backs, and what the policy says of versions and tickets. The context needs no certificate of its
  // own. Sessions are bound to the name they were made for. Once per context. kInvalid for a policy that
  // contradicts itself or its environment.
  Status attach(SSL_CTX* context, const ServePolicy& policy = {});

  // For programs that have call-backs of their own and call these from them, for a context that was attached
  // with `adopt`: the answers are those that OpenSSL expects of the call-backs.
  Status adopt(SSL_CTX* context, const ServePolicy& policy = {});
  static int on_client_hello(SSL* ssl, int* alert);
  static int on_certificate(SSL* ssl);
  // SSL_CTX_set_tlsext_ticket_key_evp_cb(). Tickets made here open wherever the same credential set is
  // served, at the same name. Where nothing was chosen for this connection: kNotOurs, then the caller's own
  // keys are to be used.
  static constexpr int kNotOurs = -2;
  static int on_ticket_key(SSL* ssl, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                           EVP_MAC_CTX* mac, int encrypt);
  // SSL_CTX_set_tlsext_status_cb(). Never asks anybody: the staple lies in the view, or there is none.
  static int on_status(SSL* ssl);
  // For connections of contexts that were not attached: what `adopt` hangs on a context, and the first
  // call-back with it. kInvalid as for attach().
  Result<std::shared_ptr<const Attachment>> attachment(const ServePolicy& policy) const;
  static int on_client_hello(SSL* ssl, const std::shared_ptr<const Attachment>& attachment, int* alert);
  // What the program itself binds sessions of this connection to (its session-id context). They are then
  // bound to it and to the name. Before or after the client's hello.
  static Status bind_session(SSL* ssl, std::string_view context);
  // True once a credential of the view was chosen for this connection, not the context's own certificate.
  static bool serves(const SSL* ssl);

  // The address that a client without SNI reached ("192.0.2.1", "2001:db8::1"), for connections without a
  // socket of their own that OpenSSL knows; without it, the socket is asked. Before the handshake.
  static Status set_local_address(SSL* ssl, std::string_view address);

  // What was chosen for this connection, for logs. Empty name: none, or one that is no host name.
  struct Served {
    MatchReason reason = MatchReason::kNone;
    std::string name;
    std::string credential_id;  // "" on resumed sessions
    std::int64_t version = 0;
  };
  static Served served(const SSL* ssl);

  // Request and result lines of every look-up; an empty function switches it off. May be called at any time;
  // `line` is called from the threads that shake hands and must not block.
  void set_lookup_log(std::function<void(std::string_view line)> line);
  // What a client with this hello would get now.
  Result<Selection> look_up(const ClientHello& hello, const ServePolicy& policy,
                            std::string_view local_address) const;
  TlsCacheStats stats() const;
  // Call in the child after fork() if it will lose sight of the view's path (see ViewReader).
  Status reopen_after_fork();

 private:
  explicit TlsCache(std::shared_ptr<Impl> impl);
  const std::shared_ptr<Impl> impl_;
};

}  // namespace certstead
