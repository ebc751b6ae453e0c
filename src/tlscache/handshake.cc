// The two call-backs of a handshake: the choice when the client's hello is read, the certificate when OpenSSL
// wants it. On a resumed session OpenSSL does not ask for a certificate, so nothing is loaded for it.
#include <algorithm>
#include <exception>

#include "crypto/digest.h"
#include "tlscache/connection.h"
#include "tlscache/local_address.h"
#include "tlscache/lookup_log.h"

namespace certstead {
namespace {

// Each further attempt needs the credential to be replaced between finding and reading it.
constexpr int kLoadAttempts = 20;

// Binds sessions to what was asked for: without this, one made at one name resumes at another, by id, by
// ticket and by TLS 1.3 PSK alike.
bool bind_session(SSL* ssl, Connection& connection) {
  std::string& bound = connection.bound;
  if (connection.selection.outcome != Outcome::kChosen) {
    // Left to the program, but kept apart from ours: some programs' caches forget what a session is bound to.
    bound = "own";
  } else if (connection.hello.server_name) {
    bound = "name " + connection.hello.server_name->ascii();
  } else if (connection.hello.server_name_text) {
    bound = "text " + *connection.hello.server_name_text;
  } else {
    bound = "address " + connection.local_address;
  }
  std::string whole = "certstead session " + bound;
  if (!connection.session_context.empty()) whole += "\nwithin " + connection.session_context;
  const Bytes context = sha256(view_bytes(whole));
  return SSL_set_session_id_context(ssl, context.data(), static_cast<unsigned>(context.size())) == 1;
}

// What the look-up is for, as the log names it.
std::string asked_for(const Connection& connection) {
  if (connection.hello.server_name) return connection.hello.server_name->ascii();
  if (connection.hello.server_name_text) return *connection.hello.server_name_text;
  const std::string& tag = connection.attachment->policy.tag;
  return tag.empty() ? connection.local_address : tag;
}

Status choose(Connection& connection) {
  const Attachment& attachment = *connection.attachment;
  TRY(connection.selection,
      attachment.cache->select(connection.hello, attachment.policy, connection.local_address));
  if (const auto line = attachment.cache->lookup_log()) {
    const std::string asked = asked_for(connection);
    (*line)(request_line(attachment.policy, asked, connection.hello));
    (*line)(result_line(attachment.policy, asked, connection.hello, connection.selection));
  }
  return Done{};
}

int alert_for(Outcome outcome) {
  switch (outcome) {
    case Outcome::kUnknownName:
      return SSL_AD_UNRECOGNIZED_NAME;
    case Outcome::kChosen:
    case Outcome::kNothing:
    case Outcome::kUnusable:
      return SSL_AD_HANDSHAKE_FAILURE;
  }
  return SSL_AD_HANDSHAKE_FAILURE;
}

// A full handshake of TLS 1.3 needs them. OpenSSL ends one without by the alert missing_extension, which no
// call-back at this point can send (RFC 8446 section 9.2).
bool lacks_algorithms(const ClientHello& hello) { return hello.tls13 && !hello.signature_algorithms; }

// A handshake that the view has nothing for. Without a certificate of its own the context has nothing either.
int answer_without(SSL* ssl, Connection& connection, int alert, int* alert_out) {
  const bool go_on = connection.attachment->policy.own_certificate || lacks_algorithms(connection.hello);
  if (go_on && bind_session(ssl, connection)) return SSL_CLIENT_HELLO_SUCCESS;
  *alert_out = alert;
  return SSL_CLIENT_HELLO_ERROR;
}

void read_hello(SSL* ssl, Connection& connection) {
  connection.hello = read_client_hello(ssl);
  if (!connection.hello.server_name_text && connection.local_address.empty()) {
    connection.local_address = socket_address(ssl);
  }
}

int answer_client_hello(SSL* ssl, std::shared_ptr<const Attachment> attachment, int* alert) {
  *alert = SSL_AD_INTERNAL_ERROR;
  Connection* const connection = make_connection(ssl);
  if (connection == nullptr) return SSL_CLIENT_HELLO_ERROR;
  connection->attachment = std::move(attachment);
  if (connection->attachment == nullptr) return SSL_CLIENT_HELLO_SUCCESS;
  TlsCache::Impl& cache = *connection->attachment->cache;
  ++cache.counters.lookups;
  connection->selection = {};
  read_hello(ssl, *connection);
  if (const Status chosen = choose(*connection); !chosen) {
    cache.report_failure(chosen.error(), asked_for(*connection));
    return answer_without(ssl, *connection, SSL_AD_INTERNAL_ERROR, alert);
  }
  cache.count(connection->selection);
  if (connection->selection.outcome != Outcome::kChosen) {
    return answer_without(ssl, *connection, alert_for(connection->selection.outcome), alert);
  }
  return bind_session(ssl, *connection) ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
}

// The chosen credential; where a batch has replaced it since, the one that took its place.
Result<std::shared_ptr<const ParsedCredential>> fetch(Connection& connection) {
  TlsCache::Impl& cache = *connection.attachment->cache;
  for (int attempt = 1;; ++attempt) {
    if (connection.selection.outcome != Outcome::kChosen) return not_found("the credential was taken away");
    auto credential = cache.source.get(connection.selection.credential);
    if (credential || credential.error().code != Code::kNotFound || attempt == kLoadAttempts) {
      return credential;
    }
    CHECK_OK(choose(connection));
  }
}

// What the security level of the program asks of a key, in bits (SSL_CTX_set_security_level(3)).
bool strong_enough(const SSL* ssl, const ParsedCredential& credential) {
  constexpr int kBits[] = {0, 80, 112, 128, 192, 256};
  const int level = SSL_get_security_level(ssl);
  if (level <= 0) return true;
  const int wanted = kBits[std::min<std::size_t>(static_cast<std::size_t>(level), std::size(kBits) - 1)];
  return EVP_PKEY_get_security_bits(credential.key.native()) >= wanted;
}

Status install(SSL* ssl, const ParsedCredential& credential) {
  clear_openssl_errors();
  // Asked before anything is changed: the context's own certificate stays then.
  if (!strong_enough(ssl, credential))
    return invalid("its key is weaker than the server's security level allows");
  SSL_certs_clear(ssl);
  if (SSL_use_cert_and_key(ssl, credential.leaf.get(), credential.key.native(), credential.chain.get(), 1) !=
      1) {
    return openssl_error("using the credential");
  }
  return Done{};
}

// Where what is in the view can't be used (a damaged record, a key that does not open), what was loaded for
// the same name before goes on.
Result<std::shared_ptr<const ParsedCredential>> fetch_or_keep(Connection& connection) {
  auto credential = fetch(connection);
  if (credential || credential.error().code == Code::kNotFound) return credential;
  const Attachment& attachment = *connection.attachment;
  TlsCache::Impl& cache = *attachment.cache;
  const auto loaded = cache.select_loaded(connection.hello, attachment.policy, connection.local_address);
  if (!loaded || loaded->outcome != Outcome::kChosen) return credential;
  auto kept = cache.source.get(loaded->credential);
  if (!kept) return credential;
  cache.report_failure(credential.error(), asked_for(connection));
  ++cache.counters.kept;
  connection.selection = *loaded;
  return kept;
}

Status serve(SSL* ssl, Connection& connection) {
  TRY(connection.credential, fetch_or_keep(connection));
  const ParsedCredential& credential = *connection.credential;
  connection.ring = nullptr;  // a ticket may have been tried before, with the keys of another set
  return install(ssl, credential);
}

int answer_certificate(SSL* ssl) {
  Connection* const connection = connection_of(ssl);
  if (connection == nullptr || connection->attachment == nullptr) return 1;
  const Attachment& attachment = *connection->attachment;
  if (connection->selection.outcome != Outcome::kChosen && attachment.policy.own_certificate) return 1;
  const Status served = serve(ssl, *connection);
  if (served) return 1;
  attachment.cache->report_failure(served.error(), asked_for(*connection));
  connection->selection = {};
  connection->credential = nullptr;
  clear_openssl_errors();
  return attachment.policy.own_certificate ? 1 : 0;
}

}  // namespace

// OpenSSL is C: no exception (there is only a lack of memory) may pass through it.
int TlsCache::on_client_hello(SSL* ssl, const std::shared_ptr<const Attachment>& attachment, int* alert) {
  try {
    return answer_client_hello(ssl, attachment, alert);
  } catch (const std::exception&) {
    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL_CLIENT_HELLO_ERROR;
  }
}

int TlsCache::on_client_hello(SSL* ssl, int* alert) {
  return on_client_hello(ssl, attachment_of(ssl), alert);
}

Status TlsCache::bind_session(SSL* ssl, std::string_view context) {
  Connection* const connection = make_connection(ssl);
  if (connection == nullptr) return openssl_error("keeping the session context");
  connection->session_context = context;
  if (connection->attachment != nullptr && !certstead::bind_session(ssl, *connection))
    return openssl_error("binding the session");
  return Done{};
}

bool TlsCache::serves(const SSL* ssl) {
  const Connection* const connection = connection_of(ssl);
  return connection != nullptr && connection->selection.outcome == Outcome::kChosen;
}

int TlsCache::on_certificate(SSL* ssl) {
  try {
    return answer_certificate(ssl);
  } catch (const std::exception&) {
    return 0;
  }
}

}  // namespace certstead
