// Postfix: SMTP with STARTTLS, and SMTP over TLS.
#pragma once

#include "peers/tls_server.h"

namespace certstead {

// kNotFound with a sentence where it is not installed or this is not root.
Result<std::unique_ptr<TlsServer>> start_postfix(const TlsServerOptions& options);
// The same, but it wants TLS, and takes mail for anybody at example.test into a file.
Result<std::unique_ptr<TlsServer>> start_postfix_mailbox(const TlsServerOptions& options);
// What lies in that file now.
std::string mail_in(const TlsServer& mailbox);

}  // namespace certstead
