// The functions of libssl as programs find them: this library stands in front of libssl in the order in which
// the dynamic linker looks. Each does what libssl's does; contexts that may serve also get our call-backs,
// and the program's go behind them. No exception passes, and nothing fails that would not fail without us.
#include <exception>

#include "hooks.h"
#include "openssl_functions.h"
#include "served_view.h"

namespace certstead {
namespace {

__attribute__((constructor)) void start() {
  try {
    ServedView::start();
  } catch (const std::exception&) {
    // No memory: its first context tries again.
  }
}

SSL_CTX* hooked(SSL_CTX* context) {
  if (context == nullptr) return nullptr;
  try {
    hook_context(context);
  } catch (const std::exception&) {
    // No memory: it serves as without us.
  }
  return context;
}

// Room for what the program asks for this connection alone.
void set_certificate_call_back(SSL* ssl, CertificateCallBack function, void* argument) {
  ConnectionHooks* const hooks = make_connection_hooks(ssl);
  if (hooks == nullptr) return openssl_functions()->set_cert_cb(ssl, function, argument);
  hooks->certificate = {function, argument};
  openssl_functions()->set_cert_cb(ssl, on_certificate, &hooks->certificate);
}

// Call-backs that have no function of their own to be set by.
long control(SSL_CTX* context, int command, void (*function)(void)) {
  ContextHooks* const hooks = hooks_of(context);
  if (hooks != nullptr && command == SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB) {
    hooks->status = reinterpret_cast<StatusCallBack>(function);
    return 1;
  }
  // The kind of call-back before OpenSSL 3, which can't be called from ours: where the program brings ticket
  // keys that way, tickets are made with them alone. (They still open at their name only.)
  if (hooks != nullptr && command == SSL_CTRL_SET_TLSEXT_TICKET_KEY_CB) {
    openssl_functions()->ctx_set_ticket_key_cb(context, function == nullptr ? on_ticket_key : nullptr);
  }
  return openssl_functions()->ctx_callback_ctrl(context, command, function);
}

void keep_session_context(SSL_CTX* context, const unsigned char* bytes, unsigned size) {
  ContextHooks* const hooks = hooks_of(context);
  if (hooks == nullptr) return;
  try {
    hooks->session_context.assign(reinterpret_cast<const char*>(bytes), size);
  } catch (const std::exception&) {
    hooks->session_context.clear();
  }
}

}  // namespace
}  // namespace certstead

using certstead::hooks_of;
using certstead::openssl_functions;

extern "C" {

SSL_CTX* SSL_CTX_new(const SSL_METHOD* method) {
  const auto* const real = openssl_functions();
  return real == nullptr ? nullptr : certstead::hooked(real->ctx_new(method));
}

SSL_CTX* SSL_CTX_new_ex(OSSL_LIB_CTX* library, const char* properties, const SSL_METHOD* method) {
  const auto* const real = openssl_functions();
  return real == nullptr ? nullptr : certstead::hooked(real->ctx_new_ex(library, properties, method));
}

void SSL_CTX_set_client_hello_cb(SSL_CTX* context, SSL_client_hello_cb_fn function, void* argument) {
  certstead::ContextHooks* const hooks = hooks_of(context);
  if (hooks == nullptr) {
    openssl_functions()->ctx_set_client_hello_cb(context, function, argument);
    return;
  }
  hooks->client_hello = function;
  hooks->client_hello_argument = argument;
}

void SSL_CTX_set_cert_cb(SSL_CTX* context, int (*function)(SSL*, void*), void* argument) {
  if (certstead::ContextHooks* const hooks = hooks_of(context)) {
    hooks->certificate = {function, argument};
  } else {
    openssl_functions()->ctx_set_cert_cb(context, function, argument);
  }
}

void SSL_set_cert_cb(SSL* ssl, int (*function)(SSL*, void*), void* argument) {
  certstead::set_certificate_call_back(ssl, function, argument);
}

long SSL_CTX_callback_ctrl(SSL_CTX* context, int command, void (*function)(void)) {
  return certstead::control(context, command, function);
}

int SSL_CTX_set_tlsext_ticket_key_evp_cb(SSL_CTX* context, certstead::TicketCallBack function) {
  certstead::ContextHooks* const hooks = hooks_of(context);
  if (hooks == nullptr) return openssl_functions()->ctx_set_ticket_key_cb(context, function);
  hooks->ticket = function;
  return openssl_functions()->ctx_set_ticket_key_cb(context, certstead::on_ticket_key);
}

void SSL_CTX_sess_set_new_cb(SSL_CTX* context, int (*function)(SSL*, SSL_SESSION*)) {
  certstead::ContextHooks* const hooks = hooks_of(context);
  if (hooks != nullptr) hooks->new_session = function;
  const bool ours = hooks != nullptr && function != nullptr;
  openssl_functions()->ctx_set_new_session_cb(context, ours ? certstead::on_new_session : function);
}

int (*SSL_CTX_sess_get_new_cb(SSL_CTX* context))(SSL*, SSL_SESSION*) {
  const certstead::ContextHooks* const hooks = hooks_of(context);
  return hooks != nullptr ? hooks->new_session : openssl_functions()->ctx_get_new_session_cb(context);
}

void SSL_CTX_sess_set_get_cb(SSL_CTX* context,
                             SSL_SESSION* (*function)(SSL*, const unsigned char*, int, int*)) {
  certstead::ContextHooks* const hooks = hooks_of(context);
  if (hooks != nullptr) hooks->get_session = function;
  const bool ours = hooks != nullptr && function != nullptr;
  openssl_functions()->ctx_set_get_session_cb(context, ours ? certstead::on_get_session : function);
}

SSL_SESSION* (*SSL_CTX_sess_get_get_cb(SSL_CTX* context))(SSL*, const unsigned char*, int, int*) {
  const certstead::ContextHooks* const hooks = hooks_of(context);
  return hooks != nullptr ? hooks->get_session : openssl_functions()->ctx_get_get_session_cb(context);
}

int SSL_CTX_set_session_id_context(SSL_CTX* context, const unsigned char* bytes, unsigned size) {
  const int answer = openssl_functions()->ctx_set_session_id_context(context, bytes, size);
  if (answer == 1) certstead::keep_session_context(context, bytes, size);
  return answer;
}

int SSL_set_session_id_context(SSL* ssl, const unsigned char* bytes, unsigned size) {
  if (certstead::binding_session()) return openssl_functions()->set_session_id_context(ssl, bytes, size);
  return certstead::set_program_session_context(ssl, bytes, size);
}

}  // extern "C"
