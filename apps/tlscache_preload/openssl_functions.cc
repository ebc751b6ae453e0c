#include "openssl_functions.h"

#include <dlfcn.h>

namespace certstead {
namespace {

// Sets `function` to the next definition behind ours.
template <class F>
bool find(F& function, const char* name) {
  void* found = ::dlvsym(RTLD_NEXT, name, "OPENSSL_3.0.0");
  if (found == nullptr) found = ::dlsym(RTLD_NEXT, name);
  function = reinterpret_cast<F>(found);
  return found != nullptr;
}

bool find_all(OpensslFunctions& out) {
  return find(out.ctx_new, "SSL_CTX_new") && find(out.ctx_new_ex, "SSL_CTX_new_ex") &&
         find(out.ctx_set_client_hello_cb, "SSL_CTX_set_client_hello_cb") &&
         find(out.ctx_set_cert_cb, "SSL_CTX_set_cert_cb") && find(out.set_cert_cb, "SSL_set_cert_cb") &&
         find(out.ctx_callback_ctrl, "SSL_CTX_callback_ctrl") &&
         find(out.ctx_set_ticket_key_cb, "SSL_CTX_set_tlsext_ticket_key_evp_cb") &&
         find(out.ctx_set_session_id_context, "SSL_CTX_set_session_id_context") &&
         find(out.set_session_id_context, "SSL_set_session_id_context") &&
         find(out.ctx_set_new_session_cb, "SSL_CTX_sess_set_new_cb") &&
         find(out.ctx_get_new_session_cb, "SSL_CTX_sess_get_new_cb") &&
         find(out.ctx_set_get_session_cb, "SSL_CTX_sess_set_get_cb") &&
         find(out.ctx_get_get_session_cb, "SSL_CTX_sess_get_get_cb");
}

}  // namespace

const OpensslFunctions* openssl_functions() {
  static OpensslFunctions functions;
  static const bool complete = find_all(functions);
  return complete ? &functions : nullptr;
}

}  // namespace certstead
