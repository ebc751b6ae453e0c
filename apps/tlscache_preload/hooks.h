// What hangs on a program's contexts and connections: its own call-backs, which ours go on to.
#pragma once

#include <openssl/ssl.h>

#include <string>

namespace certstead {

using ClientHelloCallBack = SSL_client_hello_cb_fn;
using CertificateCallBack = int (*)(SSL*, void*);
using StatusCallBack = int (*)(SSL*, void*);
using NewSessionCallBack = int (*)(SSL*, SSL_SESSION*);
using GetSessionCallBack = SSL_SESSION* (*)(SSL*, const unsigned char*, int, int*);
using TicketCallBack = int (*)(SSL*, unsigned char*, unsigned char*, EVP_CIPHER_CTX*, EVP_MAC_CTX*, int);

struct ProgramCertificateCallBack {
  CertificateCallBack function = nullptr;
  void* argument = nullptr;
};

// On an SSL_CTX that may serve.
struct ContextHooks {
  ClientHelloCallBack client_hello = nullptr;
  void* client_hello_argument = nullptr;
  ProgramCertificateCallBack certificate;
  StatusCallBack status = nullptr;  // its argument is OpenSSL's to keep
  TicketCallBack ticket = nullptr;
  // Of the program's cache of sessions.
  NewSessionCallBack new_session = nullptr;
  GetSessionCallBack get_session = nullptr;
  std::string session_context;
};

// On an SSL of such a context.
struct ConnectionHooks {
  // Where OpenSSL keeps the ticket keys and the session cache of this connection: the context that it began
  // with.
  SSL_CTX* first_context = nullptr;
  // What the program asked for this connection alone.
  ProgramCertificateCallBack certificate;
  std::string session_context;
  bool has_session_context = false;
};

// Makes a fresh context ours, unless it is a client's; then, and if memory is out, it stays as it is.
void hook_context(SSL_CTX* context);
// Null if it is not ours.
ContextHooks* hooks_of(const SSL_CTX* context);
// Null if its context is not ours, or memory is out.
ConnectionHooks* make_connection_hooks(SSL* ssl);
// Null if there are none yet.
ConnectionHooks* connection_hooks(const SSL* ssl);

// Our call-backs, as OpenSSL calls them. `argument` of the certificate's is a ProgramCertificateCallBack.
int on_client_hello(SSL* ssl, int* alert, void* argument);
int on_certificate(SSL* ssl, void* argument);
int on_status(SSL* ssl, void* argument);
int on_ticket_key(SSL* ssl, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                  EVP_MAC_CTX* mac, int encrypt);
// Only where the program has such a call-back.
int on_new_session(SSL* ssl, SSL_SESSION* session);
SSL_SESSION* on_get_session(SSL* ssl, const unsigned char* id, int size, int* copy);

// SSL_set_session_id_context() as the program calls it: what it wants, bound to the name as well where the
// view serves.
int set_program_session_context(SSL* ssl, const unsigned char* context, unsigned size);
// True while our own code sets a session-id context.
bool binding_session();

}  // namespace certstead
