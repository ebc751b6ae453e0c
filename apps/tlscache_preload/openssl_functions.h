// The functions of libssl that this library stands in front of.
#pragma once

#include <openssl/ssl.h>

namespace certstead {

struct OpensslFunctions {
  decltype(&::SSL_CTX_new) ctx_new = nullptr;
  decltype(&::SSL_CTX_new_ex) ctx_new_ex = nullptr;
  decltype(&::SSL_CTX_set_client_hello_cb) ctx_set_client_hello_cb = nullptr;
  decltype(&::SSL_CTX_set_cert_cb) ctx_set_cert_cb = nullptr;
  decltype(&::SSL_set_cert_cb) set_cert_cb = nullptr;
  decltype(&::SSL_CTX_callback_ctrl) ctx_callback_ctrl = nullptr;
  decltype(&::SSL_CTX_set_tlsext_ticket_key_evp_cb) ctx_set_ticket_key_cb = nullptr;
  decltype(&::SSL_CTX_set_session_id_context) ctx_set_session_id_context = nullptr;
  decltype(&::SSL_set_session_id_context) set_session_id_context = nullptr;
  decltype(&::SSL_CTX_sess_set_new_cb) ctx_set_new_session_cb = nullptr;
  decltype(&::SSL_CTX_sess_get_new_cb) ctx_get_new_session_cb = nullptr;
  decltype(&::SSL_CTX_sess_set_get_cb) ctx_set_get_session_cb = nullptr;
  decltype(&::SSL_CTX_sess_get_get_cb) ctx_get_get_session_cb = nullptr;
};

// Looked up once. Null if the libssl of this process lacks one of them: then it can't call us either.
const OpensslFunctions* openssl_functions();

}  // namespace certstead
