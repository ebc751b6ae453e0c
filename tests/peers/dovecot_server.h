// Dovecot: IMAP and POP3, each with STARTTLS and over TLS.
#pragma once

#include "peers/tls_server.h"

namespace certstead {

// At most two pairs. kNotFound with a sentence where it is not installed or this is not root.
Result<std::unique_ptr<TlsServer>> start_dovecot(const TlsServerOptions& options);

}  // namespace certstead
