#include "hooks.h"

#include <memory>
#include <new>
#include <string_view>

#include "openssl_functions.h"
#include "own_tickets.h"
#include "served_view.h"
#include "session_binding.h"

namespace certstead {
namespace {

// RFC 8737: a handshake of this protocol proves a name to a CA, by a certificate that the program made.
constexpr std::string_view kChallengeProtocol = "acme-tls/1";

thread_local bool binding = false;

struct Binding {
  Binding() { binding = true; }
  ~Binding() { binding = false; }
  Binding(const Binding&) = delete;
  Binding& operator=(const Binding&) = delete;
};

void free_context_hooks(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<ContextHooks*>(held);
}
void free_connection_hooks(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<ConnectionHooks*>(held);
}
// SSL_dup() must not share what one of the two will free.
int forget_on_copy(CRYPTO_EX_DATA*, const CRYPTO_EX_DATA*, void** held, int, long, void*) {
  *held = nullptr;
  return 1;
}

int context_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, forget_on_copy, free_context_hooks);
  return slot;
}
int connection_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, forget_on_copy, free_connection_hooks);
  return slot;
}

const std::string& program_session_context(const SSL* ssl, const ContextHooks& hooks) {
  const ConnectionHooks* const own = connection_hooks(ssl);
  return own != nullptr && own->has_session_context ? own->session_context : hooks.session_context;
}

// The context that the connection began with; the program may have switched since.
SSL_CTX* first_context(const SSL* ssl) {
  const ConnectionHooks* const own = connection_hooks(ssl);
  return own != nullptr && own->first_context != nullptr ? own->first_context : SSL_get_SSL_CTX(ssl);
}

// SSL_CLIENT_HELLO_SUCCESS: go on.
int choose(SSL* ssl, const ContextHooks& hooks, int* alert) {
  ConnectionHooks* const own = make_connection_hooks(ssl);
  if (own == nullptr) return SSL_CLIENT_HELLO_SUCCESS;
  if (own->first_context == nullptr) own->first_context = SSL_get_SSL_CTX(ssl);
  const std::shared_ptr<const Attachment> attachment = ServedView::instance().attachment();
  if (attachment == nullptr) return SSL_CLIENT_HELLO_SUCCESS;
  const Binding ours;
  if (!TlsCache::bind_session(ssl, program_session_context(ssl, hooks))) return SSL_CLIENT_HELLO_SUCCESS;
  return TlsCache::on_client_hello(ssl, attachment, alert);
}

bool proves_to_a_ca(const SSL* ssl) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &name, &size);
  return std::string_view(reinterpret_cast<const char*>(name), size) == kChallengeProtocol;
}

}  // namespace

ContextHooks* hooks_of(const SSL_CTX* context) {
  return context == nullptr ? nullptr
                            : static_cast<ContextHooks*>(SSL_CTX_get_ex_data(context, context_slot()));
}

ConnectionHooks* connection_hooks(const SSL* ssl) {
  return static_cast<ConnectionHooks*>(SSL_get_ex_data(ssl, connection_slot()));
}

ConnectionHooks* make_connection_hooks(SSL* ssl) {
  if (hooks_of(SSL_get_SSL_CTX(ssl)) == nullptr) return nullptr;
  if (ConnectionHooks* const there = connection_hooks(ssl)) return there;
  std::unique_ptr<ConnectionHooks> fresh(new (std::nothrow) ConnectionHooks);
  if (fresh == nullptr || SSL_set_ex_data(ssl, connection_slot(), fresh.get()) != 1) return nullptr;
  return fresh.release();
}

void hook_context(SSL_CTX* context) {
  const SSL_METHOD* const method = SSL_CTX_get_ssl_method(context);
  if (method == TLS_client_method() || method == DTLS_client_method()) return;
  ServedView& view = ServedView::instance();
  if (!view.wanted() || hooks_of(context) != nullptr) return;
  view.open();
  std::unique_ptr<ContextHooks> fresh(new (std::nothrow) ContextHooks);
  if (fresh == nullptr || connection_slot() < 0) return;
  if (SSL_CTX_set_ex_data(context, context_slot(), fresh.get()) != 1) return;
  ContextHooks* const hooks = fresh.release();
  const OpensslFunctions& real = *openssl_functions();
  real.ctx_set_client_hello_cb(context, on_client_hello, nullptr);
  real.ctx_set_cert_cb(context, on_certificate, &hooks->certificate);
  real.ctx_set_ticket_key_cb(context, on_ticket_key);
  real.ctx_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB,
                         reinterpret_cast<void (*)(void)>(on_status));
}

// The view's choice first, since it only reads; then the program, which may switch contexts.
int on_client_hello(SSL* ssl, int* alert, void*) {
  ContextHooks* const hooks = hooks_of(SSL_get_SSL_CTX(ssl));
  if (hooks == nullptr) return SSL_CLIENT_HELLO_SUCCESS;
  try {
    const int chosen = choose(ssl, *hooks, alert);
    if (chosen != SSL_CLIENT_HELLO_SUCCESS) return chosen;
  } catch (const std::exception&) {
    // No memory: as without us.
  }
  if (hooks->client_hello == nullptr) return SSL_CLIENT_HELLO_SUCCESS;
  return hooks->client_hello(ssl, alert, hooks->client_hello_argument);
}

// The program first, since it loads its own certificate; where the view has one, that takes its place.
int on_certificate(SSL* ssl, void* argument) {
  const auto* const program = static_cast<const ProgramCertificateCallBack*>(argument);
  if (program != nullptr && program->function != nullptr) {
    const int answer = program->function(ssl, program->argument);
    if (answer <= 0) return answer;
  }
  if (SSL_is_server(ssl) == 0 || proves_to_a_ca(ssl)) return 1;
  const ContextHooks* const first = hooks_of(first_context(ssl));
  if (first != nullptr && first->new_session != nullptr) keep_binding(ssl);
  return TlsCache::on_certificate(ssl);
}

// The program's staple belongs to its own certificate.
int on_status(SSL* ssl, void* argument) {
  if (SSL_is_server(ssl) == 1 && TlsCache::serves(ssl)) return TlsCache::on_status(ssl);
  const ContextHooks* const hooks = hooks_of(SSL_get_SSL_CTX(ssl));
  if (hooks != nullptr && hooks->status != nullptr) return hooks->status(ssl, argument);
  return SSL_is_server(ssl) == 1 ? SSL_TLSEXT_ERR_NOACK : 1;
}

// The view's keys for what the view serves; the program's, or OpenSSL's own, for the rest.
int on_ticket_key(SSL* ssl, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                  EVP_MAC_CTX* mac, int encrypt) {
  const int answer = TlsCache::on_ticket_key(ssl, key_name, iv, cipher, mac, encrypt);
  if (answer != TlsCache::kNotOurs) return answer;
  SSL_CTX* const first = first_context(ssl);
  const ContextHooks* const hooks = hooks_of(first);
  if (hooks != nullptr && hooks->ticket != nullptr) {
    return hooks->ticket(ssl, key_name, iv, cipher, mac, encrypt);
  }
  const int own_answer = own_ticket_key(first, key_name, iv, cipher, mac, encrypt);
  // As OpenSSL does it by itself: a ticket of TLS 1.3 is used once, and another one follows.
  return encrypt == 0 && own_answer == 1 && SSL_version(ssl) == TLS1_3_VERSION ? 2 : own_answer;
}

int on_new_session(SSL* ssl, SSL_SESSION* session) {
  const ContextHooks* const hooks = hooks_of(first_context(ssl));
  if (hooks == nullptr || hooks->new_session == nullptr) return 0;
  const int answer = hooks->new_session(ssl, session);
  // The next ticket is made of it.
  restore_binding(SSL_get_session(ssl));
  return answer;
}

SSL_SESSION* on_get_session(SSL* ssl, const unsigned char* id, int size, int* copy) {
  const ContextHooks* const hooks = hooks_of(first_context(ssl));
  if (hooks == nullptr || hooks->get_session == nullptr) return nullptr;
  SSL_SESSION* const session = hooks->get_session(ssl, id, size, copy);
  restore_binding(session);
  return session;
}

bool binding_session() { return binding; }

int set_program_session_context(SSL* ssl, const unsigned char* context, unsigned size) {
  const int answer = openssl_functions()->set_session_id_context(ssl, context, size);
  ConnectionHooks* const hooks = answer == 1 ? make_connection_hooks(ssl) : nullptr;
  if (hooks == nullptr) return answer;
  try {
    hooks->session_context.assign(reinterpret_cast<const char*>(context), size);
    hooks->has_session_context = true;
    const Binding ours;
    return TlsCache::bind_session(ssl, hooks->session_context) ? 1 : 0;
  } catch (const std::exception&) {
    return 0;
  }
}

}  // namespace certstead
